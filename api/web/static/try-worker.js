// Asks a model for the page at /. It came with a Content-Security-Policy by which it may
// connect to one origin, the one in its own address, and nowhere else.
const allowed = new URL(location.href).searchParams.get('origin')

/** At most so much of a reply is read, in characters. */
const longest = 256 << 10

onmessage = async ({ data: { url, body, token, patience } }) => {
  postMessage(new URL(url).origin === allowed ? await ask(url, body, token, patience) : { failed: 'worker' })
}

async function ask(url, body, token, patience) {
  const began = performance.now()
  const headers = { 'Content-Type': 'application/json' }
  if (token) headers.Authorization = `Bearer ${token}`
  try {
    const reply = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(patience), ...quiet })
    return { status: reply.status, body: await text(reply), took: performance.now() - began }
  } catch (error) {
    return { failed: error.name === 'TimeoutError' ? 'timeout' : await reachable() ? 'cors' : 'network' }
  }
}

/** No cookie, no address of the page, no copy in a cache, and no way to anywhere else. */
const quiet = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'error' }

async function text(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader()
  let read = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return read
    read += value
    if (read.length > longest) { await reader.cancel(); return read.slice(0, longest) }
  }
}

/** Whether anything answers there: asked without the token, and without a look at the answer. */
async function reachable() {
  try {
    await fetch(allowed, { mode: 'no-cors', signal: AbortSignal.timeout(5000), ...quiet, redirect: 'follow' })
    return true
  } catch {
    return false
  }
}
