// "Try it": one request from this browser to a model's own origin. This page may connect
// to nothing but its own API. A worker may connect to the one origin that its address
// names: it is made for one request, told the token in memory, and ended.

/** Longer than most models take for 256 tokens. */
const patience = 60_000

// The one way in which this page makes the address of a script (Trusted Types).
const addresses = globalThis.trustedTypes?.createPolicy('try', {
  createScriptURL: (origin) => `assets/try-worker.js?origin=${encodeURIComponent(origin)}`,
}) ?? { createScriptURL: (origin) => `assets/try-worker.js?origin=${encodeURIComponent(origin)}` }

/** Asks, and gives {text, took} in milliseconds, or {why} nothing was answered. */
export async function ask({ url, body }, token) {
  const target = new URL(url)
  if (location.protocol === 'https:' && target.protocol === 'http:') {
    return { why: `A page that came over https may not ask a model over http. Use the curl example.` }
  }
  const outcome = await inWorker(target.origin, { url, body: JSON.stringify(body), token, patience })
  return outcome.failed ? { why: reason(outcome, target) } : answer(outcome)
}

function inWorker(origin, request) {
  return new Promise((resolve) => {
    const worker = new Worker(addresses.createScriptURL(origin))
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data) }
    worker.onerror = (event) => { event.preventDefault(); worker.terminate(); resolve({ failed: 'worker' }) }
    worker.postMessage(request)
  })
}

/** Why the browser gave no reply. It does not say itself: to scripts all of it is one error. */
function reason({ failed }, target) {
  const instead = 'Use the curl example.'
  switch (failed) {
    case 'timeout': return `${target.origin} has not answered within ${patience / 1000} s. ${instead}`
    case 'cors': return `${target.origin} is there, and does not let this page read what it answers: CORS does not allow the origin ${location.origin}. Whoever runs the model can allow it. ${instead}`
    case 'worker': return `The browser did not start the script that asks the model. Reload the page, or use the curl example.`
  }
  const inside = /\.svc(\.|$)/.test(target.hostname) ? ' Its name is one of the cluster, and leads nowhere outside of it.' : ''
  return `This browser cannot reach ${target.origin}.${inside} The name may not resolve here, or the network, the certificate, or a permission that the browser asks for may be in the way. ${instead}`
}

/** What the model said, of a reply of the form of OpenAI's. */
function answer({ status, body, took }) {
  let reply
  try { reply = JSON.parse(body) } catch { reply = null }
  const text = reply?.choices?.[0]?.message?.content
  if (status < 300 && typeof text === 'string') return { text, took }
  const said = reply?.error?.message ?? reply?.message ?? body.slice(0, 300)
  return { why: `The model's server answered ${status}${said ? `: ${said}` : ''}` }
}
