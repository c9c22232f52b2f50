// By keyboard, with a screen reader, in the dark, on a phone.
import assert from 'node:assert/strict'
import { accessible, answer, enter, inBrowser, picture } from './browser.js'

const { MAAS_DOWN_URL } = process.env

for (const colorScheme of ['light', 'dark']) {
  inBrowser(`the rules of axe-core, ${colorScheme}`, { colorScheme }, async (page) => {
    await accessible(page)
    await enter(page)
    await page.locator('tbody tr').first().waitFor()
    await accessible(page)
    await picture(page, `list-${colorScheme}`)
    await page.getByRole('link', { name: 'llama', exact: true }).click()
    await page.getByText(/Access checked at/).waitFor()
    await accessible(page)
    await picture(page, `model-${colorScheme}`)
  })
  inBrowser(`the same with nothing to show, ${colorScheme}`, { colorScheme }, async (page) => {
    await enter(page, 'nobody')
    await page.getByRole('heading', { name: 'No model lets this token in' }).waitFor()
    await accessible(page)
  })
  inBrowser(`and with an error, ${colorScheme}`, { colorScheme, url: MAAS_DOWN_URL, expected: [/503/] }, async (page) => {
    await enter(page)
    await page.getByText(/The API answers 503/).waitFor()
    await accessible(page)
  })
}

inBrowser('on a phone of 320 px', { viewport: { width: 320, height: 640 } }, async (page) => {
  const fits = async (what) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), `${what} is wider than 320 px`)
  await fits('the token')
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  await fits('the list')
  assert.ok(!(await page.getByRole('checkbox').first().isVisible()), 'filters hide the list')
  await accessible(page)
  await picture(page, 'phone-list')
  await page.locator('#filters > summary').click()
  await fits('the filters')
  await page.getByRole('link', { name: 'granite', exact: true }).click()
  await page.getByText(/Access checked at/).waitFor()
  await fits('a model')
  await accessible(page)
  await picture(page, 'phone-model')
})

inBrowser('a long word fits a phone', { viewport: { width: 320, height: 640 }, init: (page) => answer(page, { data: [{
  id: 'i'.repeat(200), object: 'model', created: 1e15, owned_by: 'n'.repeat(63), url: 'https://h.example', ready: false, kind: 'K'.repeat(63), type: 'chat', name: 'W'.repeat(200), description: '\ufdfd'.repeat(80),
  not_ready: { reason: 'R'.repeat(200) },
}] }) }, async (page) => {
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), 'wider than 320 px')
})

inBrowser('all of it by keyboard', {}, async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent)
  assert.equal(await focused(), 'token')
  await page.keyboard.type('alice')
  await page.keyboard.press('Enter')
  await page.locator('tbody tr').first().waitFor()
  assert.equal(await focused(), 'list-title')
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'search')
  await page.keyboard.type('granite')
  await page.keyboard.press('Tab') // the order
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'skip')
  await page.keyboard.press('Enter')
  assert.equal(await focused(), 'results')
  const link = page.getByRole('link', { name: 'granite', exact: true })
  for (let i = 0; i < 12 && !(await link.evaluate((a) => a === document.activeElement)); i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText(/Access checked at/).waitFor()
  assert.equal(await focused(), 'model-title')
  while ((await focused()) !== 'tab-0') await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowRight')
  assert.equal(await page.getByRole('tab', { selected: true }).innerText(), 'Python')
  await page.keyboard.press('End')
  assert.equal(await page.getByRole('tab', { selected: true }).innerText(), 'LibreChat')
  await page.goBack()
  await link.waitFor()
  assert.equal(await focused(), 'model-granite', 'back where it came from')
  assert.equal(await page.getByRole('searchbox').inputValue(), 'granite')
})

inBrowser('a change of the list is told once, and not each second', {}, async (page) => {
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  const told = await page.evaluate(async () => {
    const seen = []
    new MutationObserver(() => seen.push(document.getElementById('summary').textContent)).observe(document.getElementById('summary'), { childList: true, characterData: true, subtree: true })
    const search = document.getElementById('search')
    for (const text of ['g', 'gr', 'gra']) { search.value = text; search.dispatchEvent(new Event('input')) }
    await new Promise((resolve) => setTimeout(resolve, 100))
    return seen
  })
  assert.equal(new Set(told).size, told.length)
})
