// "Try it": one request to a model, in this browser.
import assert from 'node:assert/strict'
import { answer, enter, inBrowser, picture } from './browser.js'

const { MAAS_CHAT_URL, MAAS_GONE_URL, MAAS_SILENT_URL, MAAS_URL } = process.env

async function ask(page, id) {
  await enter(page)
  await page.getByRole('link', { name: id, exact: true }).click()
  await page.getByLabel('Message').fill('Is anybody there?')
  await page.getByRole('button', { name: 'Send' }).click()
}

inBrowser('a model that lets pages ask', { to: [MAAS_CHAT_URL] }, async (page) => {
  await ask(page, 'granite')
  await page.getByText('ibm-granite/granite-3.3-8b-instruct heard: Is anybody there?').waitFor()
  await picture(page, 'tried')
})

inBrowser('one whose server allows no page (CORS)', { expected: [/CORS/, /ERR_FAILED/, /401/], to: [MAAS_SILENT_URL] }, async (page) => {
  await ask(page, 'qwen')
  const why = await page.locator('.answer .notice').innerText()
  assert.match(why, /CORS does not allow the origin http:\/\/127\.0\.0\.1:\d+/)
  assert.match(why, /curl/)
})

inBrowser('one that cannot be reached', { expected: [/ERR_/], to: [MAAS_GONE_URL], init: async (page) => {
  const gone = { id: 'gone', object: 'model', created: 1, owned_by: 'a', url: MAAS_GONE_URL, ready: true, kind: 'llmisvc' }
  await answer(page, { data: [gone] })
  await page.route(/\/v1\/models\/gone/, (route) => route.fulfill({ json: gone }))
} }, async (page) => {
  await ask(page, 'gone')
  assert.match(await page.locator('.answer .notice').innerText(), /This browser cannot reach http/)
})

inBrowser('one that answers an error', { expected: [/500/], to: [MAAS_CHAT_URL] }, async (page) => {
  await page.route(`${MAAS_CHAT_URL}/**`, (route) => route.fulfill({ status: 500, headers: { 'Access-Control-Allow-Origin': '*' }, json: { error: { message: 'out of <b>memory</b>' } } }))
  await ask(page, 'granite')
  assert.match(await page.locator('.answer .notice').innerText(), /answered 500: out of <b>memory<\/b>/)
})

// The script that asks is replaced by one that asks everybody: its policy is what holds it.
// To the browser a script that was replaced is from no known network, so it needs to be let
// into the local one (Chrome's Local Network Access).
inBrowser('the worker may ask one origin', { permissions: ['local-network-access'], expected: [/Content Security Policy/, /ERR_/, /CORS/], to: [MAAS_CHAT_URL] }, async (page) => {
  await page.route(/try-worker\.js/, async (route) => route.fulfill({ response: await route.fetch(), body: `onmessage = async () => {
    const tried = []
    for (const url of ['${MAAS_CHAT_URL}/', '${MAAS_URL}/v1/models', 'https://elsewhere.example/']) tried.push(await fetch(url).then(() => 'asked', () => 'kept from it'))
    postMessage({ status: 200, took: 1, body: JSON.stringify({ choices: [{ message: { content: tried.join(', ') } }] }) })
  }` }))
  await ask(page, 'granite')
  await page.getByText('asked, kept from it, kept from it').waitFor()
})
