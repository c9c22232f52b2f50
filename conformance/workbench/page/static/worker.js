// Runs the engine, which Go has compiled to WebAssembly.
import './wasm_exec.js' // of Go's own distribution: makes Go

// A library of the engine asks for the folder that it is in, and reads nothing there.
globalThis.process.cwd = () => '/'

const loaded = load()

async function load() {
  const reply = await fetch('engine.wasm.gz')
  if (!reply.ok) throw new Error(`engine.wasm.gz: ${reply.status}`)
  const go = new Go()
  const { instance } = await WebAssembly.instantiate(await unpacked(await reply.arrayBuffer()), go.importObject)
  const began = new Promise((resolve) => { globalThis.engineBegan = resolve })
  const ended = go.run(instance).then(() => { throw new Error('it has ended') })
  return Promise.race([began, ended])
}

/** A server may have unpacked it on the way already. */
async function unpacked(bytes) {
  const [a, b] = new Uint8Array(bytes, 0, 2)
  if (a !== 0x1f || b !== 0x8b) return bytes
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()
}

addEventListener('message', async ({ data: { id, method, question } }) => {
  let ask
  try {
    ask = await loaded
  } catch (error) {
    postMessage({ id, error: `The engine could not be loaded: ${error.message}` })
    return
  }
  try {
    postMessage({ id, ...ask(method, question) })
  } catch (error) { // what is nested deep has no room on the stack of a browser
    postMessage({ id, broken: error.message })
  }
})
