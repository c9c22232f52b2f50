// The engine as WebAssembly, in a worker: whatever is typed, the page stays usable.

export const where = 'The engine runs in this page. What you type is sent nowhere.'

export const shares = true

/** There are no files beside this page. */
export const follow = undefined

/** How long a question may take, in ms, before the worker is ended. The first includes loading. */
const patience = 60_000

const policy = globalThis.trustedTypes?.createPolicy('workbench', { createScriptURL: (name) => new URL(name, import.meta.url).href })
const address = policy ? policy.createScriptURL('worker.js') : new URL('worker.js', import.meta.url)

let worker = null
let last = 0
const waiting = new Map()

function start() {
  const started = new Worker(address, { type: 'module' })
  started.addEventListener('message', ({ data: { id, answer, error, broken } }) => {
    if (broken !== undefined) return end(`This is too much for the engine in this page, which was begun again (${broken}). maasctl dev takes more.`)
    const asked = waiting.get(id)
    if (!asked) return
    if (error !== undefined) asked.reject(new Error(error))
    else asked.resolve(JSON.parse(answer))
  })
  started.addEventListener('error', (event) => {
    event.preventDefault()
    end(`The engine has stopped: ${event.message || 'it could not be loaded'}.`)
  })
  return started
}

function end(why) {
  worker?.terminate()
  worker = null
  for (const asked of waiting.values()) asked.reject(new Error(why))
}

/** Answers a question: see Bench.Ask. */
export function ask(method, question) {
  worker ??= start()
  const id = ++last
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end('The engine took too long for this, and was begun again.'), patience)
    const settle = (then) => (value) => {
      clearTimeout(timer)
      waiting.delete(id)
      then(value)
    }
    waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
    worker.postMessage({ id, method, question: JSON.stringify(question) })
  })
}
