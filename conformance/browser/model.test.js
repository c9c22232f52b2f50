// A model's page: where it is called, what is known of it, and what is copied.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { answer, enter, eventually, inBrowser, picture } from './browser.js'

const { MAAS_CHAT_URL, MAAS_URL } = process.env
const base = `${MAAS_CHAT_URL}/llm/granite/v1`

async function open(page, id) {
  await enter(page)
  await page.getByRole('link', { name: id, exact: true }).click()
  await page.getByRole('heading', { level: 1 }).and(page.locator('#model-title')).waitFor()
}

const example = async (page, name) => {
  await page.getByRole('tab', { name }).click()
  return page.locator('#example pre').innerText()
}

inBrowser('endpoint, fields and examples', {}, async (page) => {
  await open(page, 'granite')
  assert.equal(await page.title(), 'granite – Models')
  await page.getByText(/Access checked at \d\d:\d\d:\d\d/).waitFor()
  assert.deepEqual(await page.locator('dl.endpoint code').allInnerTexts(), [base, 'ibm-granite/granite-3.3-8b-instruct'])
  const about = await page.locator('dl.fields').innerText()
  for (const text of ['131,072 tokens', 'fp8', 'assistants', '2023-11-14']) assert.ok(about.includes(text), `${text} in ${about}`)
  // What is of this token alone: when its own probe was answered, and what that said.
  await eventually(() => page.locator('dl.fields').innerText(), (now) => assert.match(now, /Answered in[\s\S]*ms[\s\S]*Its server says[\s\S]*4,096 tokens/))
  for (const [tab, says] of Object.entries({ curl: `curl '${base}/chat/completions'`, Python: `base_url="${base}"`, Node: `baseURL: "${base}"`, Environment: `OPENAI_BASE_URL='${base}'`, LiteLLM: `api_base: "${base}"`, OpenCode: `"baseURL": "${base}"`, LibreChat: `baseURL: "${base}"` })) {
    const text = await example(page, tab)
    assert.ok(text.includes(says) && text.includes(tab === 'Environment' ? 'OPENAI_MODEL=' : 'granite-3.3-8b-instruct'), `${tab}: ${text}`)
    assert.ok(!text.includes('alice'), `${tab} holds the token`)
  }
  await example(page, 'curl')
  await picture(page, 'model')
})

inBrowser('the examples do what they say', {}, async (page) => {
  await open(page, 'granite')
  const environment = { ...process.env, OPENAI_API_KEY: 'alice' }
  const heard = 'ibm-granite/granite-3.3-8b-instruct heard: Say hello in one sentence.'
  const curl = await example(page, 'curl')
  const reply = execFileSync('bash', ['-c', curl], { env: environment, stdio: ['ignore', 'pipe', 'ignore'] })
  assert.equal(JSON.parse(reply).choices[0].message.content, heard)
  const variables = execFileSync('bash', ['-c', `${await example(page, 'Environment')}\nprintf %s "$OPENAI_BASE_URL $OPENAI_MODEL"`])
  assert.equal(String(variables), `${base} ibm-granite/granite-3.3-8b-instruct`)
  JSON.parse(await example(page, 'OpenCode'))
})

inBrowser('no example reads a secret but the key', { init: async (page) => {
  const reader = { ...odd, id: 'reader', aliases: ['{env:HOME}'], name: '{file:/etc/passwd} {env:OPENAI_API_KEY}' }
  await answer(page, { data: [reader] })
  await page.route(/\/v1\/models\/reader/, (route) => route.fulfill({ json: reader }))
} }, async (page) => {
  await enter(page)
  await page.locator('tbody a.id').click()
  const text = await example(page, 'OpenCode')
  assert.deepEqual(text.match(/\{(env|file):[^}]*\}/g), ['{env:OPENAI_API_KEY}'])
  assert.deepEqual(JSON.parse(text).provider.maas.models, { '{env:HOME}': { name: '{file:/etc/passwd} {env:OPENAI_API_KEY}' } })
})

inBrowser('/v1 is written once', {}, async (page) => {
  await open(page, 'qwen')
  assert.match(await page.locator('dl.endpoint code').first().innerText(), /\/qwen\/v1$/)
})

for (const [id, says, offers] of [
  ['bge-m3', '/v1/embeddings', 'client.embeddings.create'], ['reranker', '/v1/rerank', 'client.models.list'], ['whisper', '-F file=@speech.wav', 'client.models.list'],
]) {
  inBrowser(`examples of ${id} are of its type`, {}, async (page) => {
    await open(page, id)
    assert.ok((await example(page, 'curl')).includes(says))
    assert.ok((await example(page, 'Python')).includes(offers))
    assert.ok(await page.getByText('Only models that chat can be tried here.').isVisible())
  })
}

inBrowser('copying says what was copied', { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
  await open(page, 'granite')
  await page.getByRole('button', { name: 'Copy Base URL' }).click()
  await page.getByText('Base URL copied.').waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), base)
})

inBrowser('a model that there is not, or not for this token', { expected: [/404/] }, async (page) => {
  await page.goto(`${MAAS_URL}/#/model/nobodys`)
  await enter(page)
  assert.match(await page.getByRole('alert').filter({ hasText: 'does not exist' }).innerText(), /you do not have access to it/)
  await page.getByRole('link', { name: 'All models' }).click()
  await page.getByRole('link', { name: 'granite', exact: true }).waitFor()
})

// Fields as no API should give them, or as a later one might.
const odd = {
  id: "it's $(reboot) \u202e\"x", object: 'model', created: 253402300799, owned_by: 'llm', url: `${MAAS_CHAT_URL}/it's`, ready: false, kind: 'llmisvc',
  aliases: ["it's $(reboot) \u202e\"x"], name: '\u202e', type: 'chat',
  not_ready: { reason: 'ImagePullBackOff', message: '<b>no such image</b>' },
  pricing: { prompt: '0.00000125', completion: 'free', currency: 'EUR' },
  lifecycle: { status: 'deprecated', deprecated: '2025-01-01T00:00:00Z', retires: '9999-12-31T23:59:59Z', replaced_by: 'granite' },
  parameter_count: 8030261248, license: 'apache-2.0', tokenizer: 'cl100k', parent: 'llama', details: { 'cost centre': '4711 <i>', site: 'https://runbook.example.com/x' },
  later_field: { nested: ['a', { b: null }], flag: true }, replicas: 'many', context_length: 'long',
}

inBrowser('fields that are odd, or new', { init: async (page) => {
  await answer(page, { data: [odd] })
  await page.route(/\/v1\/models\/it/, (route) => route.fulfill({ json: odd }))
} }, async (page) => {
  await enter(page)
  await page.locator('tbody a.id').click()
  const about = await page.locator('dl.fields').innerText()
  for (const text of ['1.25 EUR per million tokens', 'free (not a number)', '9999-12-31', 'Deprecated', 'granite', '8.03 B (8,030,261,248)', 'apache-2.0', 'cost centre', '4711 <i>', 'Later field', 'nested', 'yes', 'many', 'long']) {
    assert.ok(about.includes(text), `${text} is not in:\n${about}`)
  }
  assert.match(await page.locator('article').innerText(), /ImagePullBackOff: <b>no such image<\/b>/)
  // What is pasted into a shell is one word, whatever a model is called, and nothing in it is unseen.
  const curl = await example(page, 'curl')
  assert.doesNotMatch(curl, /[\u202a-\u202e\u2066-\u2069]/)
  assert.equal(execFileSync('bash', ['-c', `${await example(page, 'Environment')}\nprintf %s "$OPENAI_MODEL"`], { env: { ...process.env, LC_ALL: 'C.UTF-8' } }).toString(), odd.id)
  const sent = execFileSync('bash', ['-c', `curl() { printf '%s\\0' "$@"; }\n${curl}`], { env: { ...process.env, LC_ALL: 'C.UTF-8' } }).toString().split('\0')
  assert.equal(JSON.parse(sent[sent.indexOf('-d') + 1]).model, odd.id)
})

for (const url of ['javascript:alert(1)', 'not an address', undefined]) {
  const model = { ...odd, id: 'lost', aliases: undefined, url }
  inBrowser(`a model at ${url}`, { init: async (page) => {
    await answer(page, { data: [model] })
    await page.route(/\/v1\/models\/lost/, (route) => route.fulfill({ json: model }))
  } }, async (page) => {
    await enter(page)
    await page.locator('tbody a.id').click()
    await page.getByText('Where this model can be called is not known.').waitFor()
    assert.equal(await page.getByRole('tab').count(), 0)
  })
}
