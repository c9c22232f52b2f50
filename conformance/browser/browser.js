// The browser that the tests share: one a file of tests, with a page of its own for each.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { chromium as driver } from 'playwright-core'

// Has the package unpack the libraries that Chromium needs, which a bare machine may
// lack, and say where they are (@sparticuz/chromium 147, build/esm/helper.js).
process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x'
const { default: chromium } = await import('@sparticuz/chromium')
chromium.setGraphicsMode = false

const { MAAS_URL, MAAS_SCREENSHOTS } = process.env
export const skip = MAAS_URL ? false : 'MAAS_URL is not set: go test -run InBrowser ./api or ./cmd/maasctl starts what this asks'

let browser
before(async () => {
  if (skip) return
  // Not with the package's own arguments: they switch off what is tested here, such as CORS.
  // There is no sandbox for root, and the only pages are those of the tests.
  const executablePath = await chromium.executablePath()
  // The package looks for its fonts in /tmp, wherever it has put them; Chromium ends where there are none.
  const fonts = join(tmpdir(), 'fonts')
  await writeFile(join(fonts, 'fonts.conf'), `<?xml version="1.0"?><fontconfig><dir>${fonts}</dir><cachedir>${fonts}-cache</cachedir></fontconfig>`)
  browser = await driver.launch({ executablePath, args: ['--no-sandbox', '--no-zygote', '--disable-gpu'] })
})
after(() => browser?.close())

/**
 * A test with a page of its own. Whatever the test is about: the page makes no error, breaks
 * no policy of its own, asks nobody but its API, and says the token to nobody else.
 */
export function inBrowser(name, options, run) {
  test(name, { skip, timeout: 300_000 }, async () => {
    const { url = MAAS_URL, expected = [], to = [], init, ...context } = options
    const opened = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...context })
    const page = await opened.newPage()
    page.setDefaultTimeout(60_000) // tests run beside compilers
    const faults = []
    const requests = []
    page.on('pageerror', (error) => faults.push(`error: ${error}`))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    opened.on('request', (request) => requests.push(request))
    try {
      await init?.(page)
      await page.goto(`${url}/`)
      await run(page, { requests, opened })
      const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)))
      assert.deepEqual(unexpected, [], 'what the console of the browser says')
      const origins = [...new Set(requests.map((request) => new URL(request.url())).filter((u) => u.protocol !== 'data:').map((u) => u.origin))]
      assert.deepEqual(origins.filter((origin) => origin !== new URL(url).origin && !to.includes(origin)), [], 'origins that were asked')
      assert.deepEqual(requests.filter((request) => request.url().includes(token)).map((request) => request.url()), [], 'the token in an address')
    } finally {
      await opened.close()
    }
  })
}

/** The token that models let in. */
export const token = 'alice'

/** Types a token, and waits until it is taken. */
export async function enter(page, typed = token) {
  await page.getByLabel('Token', { exact: true }).fill(typed)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Forget token' }).waitFor()
}

/** The ids in the list. */
export const ids = (page) => page.locator('tbody .id').allInnerTexts()

/** Waits until something is so: expect(value) throws while it is not. */
export async function eventually(read, expect) {
  const end = Date.now() + 60_000
  for (;;) {
    try {
      return expect(await read())
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** A picture, where pictures are asked for. */
export async function picture(page, name) {
  if (!MAAS_SCREENSHOTS) return
  await mkdir(MAAS_SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(MAAS_SCREENSHOTS, `${name}.png`), animations: 'disabled' })
}

/** Answers the page's list with models of any form, as another version of the API might. */
export async function answer(page, list, headers = {}) {
  await withoutEvents(page)
  await page.route(/\/v1\/models\?locked=true$/, (route) => route.fulfill({ json: { object: 'list', data: [], ...list }, headers: { ETag: '"made-up"', ...headers } }))
}

/** Answers the page as an API that sends no events. */
export const withoutEvents = (page) => page.route(/watch=true/, (route) => route.fulfill({ json: { object: 'list', data: [] } }))

const axe = createRequire(import.meta.url).resolve('axe-core')

/** Holds the page against the rules of axe-core: WCAG 2.2 AA and its best practices. */
export async function accessible(page) {
  const { readFile } = await import('node:fs/promises')
  await page.evaluate(await readFile(axe, 'utf8'))
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.target} ${n.failureSummary}`).join('; ')}`), [])
}
