// The workbench in Chromium: the page in front of maasctl dev, and by itself with the
// engine in WebAssembly.
import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { accessible, eventually, inBrowser, picture } from './browser.js'

// MAAS_URL is maasctl dev, which most is tried with: it begins at once.
const { MAAS_KIND, MAAS_STATIC_URL, MAAS_URL } = process.env
const engines = { 'in front of maasctl dev': MAAS_URL, 'by itself': MAAS_STATIC_URL }

const widget = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health:
    - {name: broken, is: Failed, when: [{condition: Ready, status: "False"}]}
    - {name: up, is: Ready, when: [{condition: Ready, status: "True"}]}
  endpoint:
    - {path: $.status.url}
`
const object = `apiVersion: example.com/v1
kind: Widget
metadata: {name: granite, namespace: llm}
status:
  url: https://widgets.example.com/granite
  conditions: [{type: Ready, status: "True"}]
`

const summary = (page) => page.locator('#summary').innerText()
const says = (page, pattern) => eventually(() => summary(page), (text) => assert.match(text, pattern))
const faults = (page) => page.locator('#faults').innerText()
const kind = (page) => page.getByRole('textbox', { name: /^Kind-spec/ })
const objects = (page) => page.getByRole('textbox', { name: /^Objects/ })
const begun = (page) => says(page, /^(Ready|Pending|Failed)/)

async function type(page, kindText = widget, objectsText = object) {
  await begun(page)
  await kind(page).fill(kindText)
  await objects(page).fill(objectsText)
}

for (const [name, url] of Object.entries(engines)) {
  inBrowser(`a fault is seen, mended, and the decision follows, ${name}`, { url }, async (page) => {
    await type(page, widget.replace('is: Failed', 'is: Faild'))
    await says(page, /^1 fault/)
    assert.match(await faults(page), /kind-spec, line 8\s*spec\.health\[0\]\.is: .*Failed/)
    assert.match(await page.locator('.gutter .fault').innerText(), /^8$/)
    await page.getByRole('button', { name: 'kind-spec, line 8' }).click()
    assert.match(await page.evaluate(() => getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), /name: broken/)
    await kind(page).fill(widget)
    await says(page, /^Ready at https:\/\/widgets\.example\.com\/granite$/)
    await objects(page).fill(object.replace('"True"', '"False"'))
    await says(page, /^Failed/)
    assert.match(await page.locator('#decision').innerText(), /rule broken \(line 8\)/)
    assert.equal(await page.locator('table.trace').getByText('$.status.url').count(), 1)
    // Where nothing can be decided, the last decision stays in sight and says that it is old.
    await objects(page).fill(object.slice(0, -10))
    await says(page, /^1 fault/)
    assert.match(await page.locator('#decision').innerText(), /last texts that could be decided about/)
    assert.match(await faults(page), /objects, line 6/)
    const took = await page.evaluate(() => performance.getEntriesByName('decide').map((entry) => Math.round(entry.duration)))
    console.log(`figure: deciding ${name}, from the key to the trace on the page: ${took.slice(-4).join(', ')} ms`)
  })

  inBrowser(`built-in kinds and their cases, ${name}`, { url }, async (page) => {
    await begun(page)
    await page.getByLabel('Built-in kind').selectOption('LoraAdapter')
    await eventually(() => kind(page).inputValue(), (text) => assert.match(text, /name: loraadapter/))
    await says(page, /^Ready at http:\/\/mistral\.serving\.svc/)
    const chooser = page.getByLabel('Case', { exact: true })
    await eventually(() => chooser.locator('option').first().innerText(), (text) => assert.match(text, /^(\d+) of \1 hold$/))
    await chooser.selectOption('pending_noRuntime')
    await says(page, /^Pending/)
    assert.match(await page.locator('#about-case').innerText(), /Expects .*Pending.*it holds/)
    assert.match(await page.locator('#decision').innerText(), /mistral-law/)
    // A kind-spec that decides otherwise breaks cases, which is counted.
    await kind(page).fill((await kind(page).inputValue()).replace('name: loaded, is: Ready', 'name: loaded, is: Failed'))
    await eventually(() => chooser.locator('option').first().innerText(), (text) => {
      const [, held, all] = /^(\d+) of (\d+) hold$/.exec(text)
      assert.ok(Number(held) < Number(all), text)
    })
  })

  inBrowser(`bad input, ${name}`, { url }, async (page) => {
    await type(page)
    await says(page, /^Ready/)
    const deep = '['.repeat(20_000)
    let crowd = 'a: &a [x,x,x,x,x,x,x,x,x]\n'
    for (let c = 98; c < 106; c++) crowd += `${String.fromCharCode(c)}: &${String.fromCharCode(c)} [${Array(9).fill(`*${String.fromCharCode(c - 1)}`).join()}]\n`
    const large = `${object}  log: "${'0123456789'.repeat(150_000)}"\n`
    for (const [text, pattern] of [[deep, /depth|too much for the engine/], [crowd, /aliases/], [`${object}\ud83d`, /half a character, U\+D83D/], ['just text', /not a Kubernetes object/]]) {
      await page.evaluate((value) => { const area = document.getElementById('objects'); area.value = value; area.dispatchEvent(new Event('input')) }, text)
      await eventually(() => faults(page), (shown) => assert.match(shown, pattern))
    }
    for (const [text, pattern] of [[deep, /depth|too much for the engine/], [crowd, /anchors are not supported/]]) {
      await page.evaluate((value) => { const area = document.getElementById('kind'); area.value = value; area.dispatchEvent(new Event('input')) }, text)
      await eventually(() => faults(page), (shown) => assert.match(shown, pattern))
    }
    await page.evaluate(([k, o]) => { for (const [id, value] of [['kind', k], ['objects', o]]) { const area = document.getElementById(id); area.value = value; area.dispatchEvent(new Event('input')) } }, [widget, large])
    await says(page, /^Ready at https:\/\/widgets/)
    await objects(page).fill(object)
    await says(page, /^Ready at https:\/\/widgets/)
  })
}

inBrowser('hostile text is text', {}, async (page) => {
  const hostile = '<script>document.title="owned"</script><img src=x onerror=alert(1)> \u202eltr'
  await type(page, widget.replace('path: $.status.url', 'path: $.status.url, name: url').replace('  health:', `  model: {description: [{path: $.spec.text}]}\n  health:`),
    `${object.replace('status: "True"', 'status: "True", reason: "\u202egnp.exe"')}spec: {text: ${JSON.stringify(hostile)}}\n`)
  await says(page, /^Ready/)
  await eventually(() => page.locator('#decision').innerText(), (text) => assert.ok(text.includes('<script>document.title="owned"</script>'), text))
  assert.match(await page.locator('#decision').innerText(), /U\+202E/)
  assert.equal(await page.title(), 'Kind workbench')
  assert.equal(await page.locator('#decision script, #decision img').count(), 0)
  await objects(page).fill(`apiVersion: example.com/v1\nkind: "<b>\u202e"\n`)
  await says(page, /^1 fault/)
  assert.equal(await page.locator('#faults b').count(), 0)
})

for (const colorScheme of ['light', 'dark']) {
  inBrowser(`the rules of axe-core, ${colorScheme}`, { colorScheme }, async (page) => {
    await begun(page)
    await accessible(page)
    await picture(page, `workbench-${colorScheme}`)
    await kind(page).fill(widget.replace('is: Failed', 'is: Faild'))
    await says(page, /fault/)
    await accessible(page)
    await picture(page, `workbench-fault-${colorScheme}`)
  })
}

inBrowser('a phone of 320 px', { viewport: { width: 320, height: 640 } }, async (page) => {
  await begun(page)
  const fits = async (what) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), `${what} is wider than 320 px`)
  await fits('a decision')
  await accessible(page)
  await picture(page, 'workbench-phone')
  await type(page, widget.replace('is: Failed', `is: ${'x'.repeat(300)}`), object)
  await says(page, /fault/)
  await fits('a fault')
  await page.locator('#more > summary').click()
  await fits('the parameters')
})

inBrowser('what comes late is not shown over what was typed', {}, async (page, { requests }) => {
  await begun(page)
  let release
  const held = new Promise((resolve) => { release = resolve })
  await page.route('**/ask/open', async (route) => { await held; await route.continue() })
  await page.locator('#library').selectOption('KnativeService')
  await type(page)
  await says(page, /^Ready at https:\/\/widgets/)
  const late = page.waitForResponse('**/ask/open')
  release()
  await (await late).finished()
  await objects(page).fill(object.replace('"True"', '"False"'))
  await says(page, /^Failed/)
  assert.equal(await kind(page).inputValue(), widget)
  assert.equal(requests.filter((request) => request.postData()?.includes('name: knativeservice')).length, 0, 'the late kind is asked about')
})

inBrowser('the keyboard keeps its place while answers come', {}, async (page) => {
  const place = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent)
  const broken = widget.replace('is: Failed', 'is: Faild')
  // Typed as a file or another tab would: the focus is elsewhere.
  const typed = (text) => page.evaluate((value) => { const area = document.getElementById('kind'); area.value = value; area.dispatchEvent(new Event('input')) }, text)
  await type(page, broken)
  await says(page, /^1 fault/)
  await page.getByRole('button', { name: 'kind-spec, line 8' }).focus()
  await typed(broken.replace('is: Ready', 'is: Redy'))
  await says(page, /^2 faults/)
  assert.equal(await place(), 'kind-spec, line 8', 'the fault is still there, in a list that was written again')
  await typed(broken.replace('a widget', 'a wide widget'))
  await says(page, /^1 fault/)
  assert.equal(await place(), 'kind-spec, line 8')
  await typed(widget)
  await says(page, /^Ready/)
  assert.equal(await place(), 'result', 'the fault is gone: the decision is next')
})

inBrowser('all of it by keyboard', {}, async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent)
  await begun(page)
  const until = async (id) => { for (let i = 0; i < 30 && (await focused()) !== id; i++) await page.keyboard.press('Tab'); assert.equal(await focused(), id) }
  await until('library')
  await page.keyboard.type('Kserve')
  await until('kind')
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(widget.replace('is: Failed', 'is: Faild'))
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'objects', 'Tab leads out of a text')
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(object)
  await says(page, /^1 fault/)
  await page.keyboard.press('Tab')
  while (!(await focused()).startsWith('kind-spec, line 8')) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await focused(), 'kind')
  await page.keyboard.insertText(widget.split('\n')[7])
  await says(page, /^Ready/)
  await page.keyboard.press('Shift+Tab') // the summary of the details
  await page.keyboard.press('Shift+Tab')
  assert.equal(await focused(), 'skip')
  await page.keyboard.press('Enter')
  assert.equal(await focused(), 'result')
})

inBrowser('a link holds the texts, and nobody is told them', { url: MAAS_STATIC_URL, permissions: ['clipboard-read', 'clipboard-write'] }, async (page, { opened, requests }) => {
  await type(page)
  await says(page, /^Ready/)
  await page.getByRole('button', { name: 'Copy link' }).click()
  await page.getByText('The link is copied.').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  assert.equal(link, page.url())
  console.log(`figure: a link with a small kind and its object: ${link.length} characters`)
  const other = await opened.newPage()
  await other.goto(link)
  await says(other, /^Ready at https:\/\/widgets\.example\.com\/granite$/)
  assert.equal(await kind(other).inputValue(), widget)
  assert.equal(await objects(other).inputValue(), object)
  assert.ok(requests.every((request) => request.method() === 'GET' && !request.postData()), 'something was sent')
  // One that was cut, one that would unpack to gigabytes, one that is none of this page.
  const bomb = await other.evaluate(async () => {
    const packed = await new Response(new Blob([`["${'x'.repeat(8 << 20)}"]`]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer()
    return `#1.${btoa(String.fromCharCode(...new Uint8Array(packed))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
  })
  for (const fragment of [link.slice(link.indexOf('#'), -20), bomb, '#1.%%%', `#1.${'A'.repeat(70_000)}`]) {
    await other.evaluate((hash) => { location.hash = hash }, fragment)
    await other.getByText('This link cannot be read').waitFor()
    await other.evaluate(() => document.getElementById('notices').replaceChildren())
  }
  assert.equal(await kind(other).inputValue(), widget, 'what was typed is kept')
  await objects(other).fill(`${object}  log: "${await other.evaluate(() => Array.from(crypto.getRandomValues(new Uint8Array(60_000)), (b) => b.toString(16)).join(''))}"\n`)
  await other.getByRole('button', { name: 'Copy link' }).click()
  await other.getByText(/The link would have .* characters/).waitFor()
})

inBrowser('without JavaScript', { javaScriptEnabled: false }, async (page) => {
  const text = await page.locator('body').innerText()
  assert.match(text, /needs JavaScript and WebAssembly/)
  assert.match(text, /maasctl explain/)
  assert.ok(!(await page.locator('#kind').isVisible()), 'a text that nothing reads')
})

inBrowser('without the engine', { url: MAAS_STATIC_URL, expected: [/404/], init: (page) => page.route(/engine\.wasm/, (route) => route.fulfill({ status: 404, body: 'gone' })) }, async (page) => {
  await says(page, /could not be loaded: engine\.wasm\.gz: 404/)
})

inBrowser('the policy at work', { expected: [/blocked/, /Content Security Policy/] }, async (page) => {
  await begun(page)
  const blocked = await page.evaluate(async () => {
    const tried = {}
    const attempt = async (name, run) => { try { await run(); tried[name] = 'done' } catch (error) { tried[name] = error.name } }
    await attempt('markup', () => { document.body.innerHTML = '<b>x</b>' })
    await attempt('a second policy', () => globalThis.trustedTypes.createPolicy('try', {}))
    await attempt('a request', () => fetch('https://elsewhere.example/'))
    return tried
  })
  assert.deepEqual(blocked, { markup: 'TypeError', 'a second policy': 'TypeError', 'a request': 'TypeError' })
})

inBrowser('files beside the editor', {}, async (page) => {
  const written = await readFile(MAAS_KIND, 'utf8')
  try {
    await begun(page)
    assert.equal(await kind(page).inputValue(), written)
    assert.match(await page.locator('#kind-label').innerText(), /kind\.yaml/)
    assert.equal(await page.getByRole('button', { name: 'Copy link' }).count(), 0, 'a link would hold the secret')
    await appendFile(MAAS_KIND, '  endpont: []\n')
    await eventually(() => faults(page), (shown) => assert.match(shown, /spec\.endpont/))
    await writeFile(MAAS_KIND, written)
    await says(page, /^Ready/)
    assert.equal(await kind(page).inputValue(), written)
    // What was typed in the page is not thrown away.
    await kind(page).fill(`${written}# typed here\n`)
    await writeFile(MAAS_KIND, `${written}# typed there\n`)
    await page.getByRole('button', { name: 'Take the file' }).waitFor()
    assert.match(await kind(page).inputValue(), /typed here/)
    await page.getByRole('button', { name: 'Take the file' }).click()
    await eventually(() => kind(page).inputValue(), (text) => assert.match(text, /typed there/))
    await writeFile(MAAS_KIND, Buffer.from([0x61, 0xc3]))
    await page.getByText(/half a character/).waitFor()
  } finally {
    await writeFile(MAAS_KIND, written)
  }
})
