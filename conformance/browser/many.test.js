// 10,000 models. What the machine decides, time, is told as a figure; what the page
// decides is held.
import assert from 'node:assert/strict'
import { enter, eventually, ids, inBrowser } from './browser.js'

const { MAAS_MANY_URL } = process.env

inBrowser('10,000 models', { url: MAAS_MANY_URL }, async (page, { requests }) => {
  const paint = await eventually(() => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime), (at) => (assert.ok(at > 0), at))
  console.log(`figure: first picture ${Math.round(paint)} ms`)
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  assert.match(await page.locator('#summary').innerText(), /^10,000 models$/)
  const took = await page.evaluate(() => performance.getEntriesByName('list')[0].duration)
  console.log(`figure: script from the list's last byte to the table, 10,000 models: ${Math.round(took)} ms`)

  assert.equal(await page.locator('tbody tr').count(), 100)
  const nodes = () => page.evaluate(() => document.querySelectorAll('*').length)
  assert.ok((await nodes()) < 3000, `${await nodes()} elements`)
  assert.equal(requests.filter((r) => r.url().includes('locked=true')).length, 1)

  const before = requests.length
  const timed = await page.evaluate(() => {
    const search = document.getElementById('search')
    return ['m', 'model-99', 'model-9999', ''].map((text) => {
      const began = performance.now()
      search.value = text
      search.dispatchEvent(new Event('input'))
      return Math.round(performance.now() - began)
    })
  })
  console.log(`figure: searches of 10,000 models: ${timed.join(', ')} ms (the first reads all of them)`)
  await page.getByRole('searchbox').fill('model-9999')
  assert.deepEqual(await eventually(() => ids(page), (got) => (assert.equal(got.length, 1), got)), ['model-9999'])
  await page.getByRole('searchbox').fill('')
  await page.getByRole('button', { name: 'Next' }).click()
  assert.match(await page.getByRole('navigation', { name: 'Parts of the list' }).innerText(), /101 to 200 of 10,000/)
  assert.equal((await ids(page))[0], 'model-0100')
  await page.goto(`${page.url().split('#')[0]}#/?page=99999`)
  assert.match(await page.getByRole('navigation', { name: 'Parts of the list' }).innerText(), /9,901 to 10,000 of 10,000/)
  assert.ok((await nodes()) < 3000, `${await nodes()} elements`)
  assert.deepEqual(requests.slice(before).filter((r) => !r.url().includes('watch=true') && !r.url().includes('locked=true')).map((r) => r.url()), [], 'searching asks nobody')
})
