// The API as this page uses it. The token is in this object and nowhere else: in no
// address, no storage and no cache of the browser.
import { events } from './stream.js'

/** An error that the API has answered, or that there was no answer (status 0). */
export class Refusal extends Error {
  constructor(status, message, retryAfter) {
    super(message)
    Object.assign(this, { status, retryAfter })
  }
}

/** Takes a token as people paste it; throws what is wrong with it. */
export function readToken(text) {
  const token = text.trim().replace(/^bearer\s+/i, '')
  if (/[^\x21-\x7e]/.test(token)) throw new Error('A token has letters, digits and signs of ASCII only, and no spaces. Copy it again.')
  if (token.length > 16 << 10) throw new Error('This is longer than any token that the API takes (16 KiB).')
  return token
}

/** A client for one token; an empty one asks without credentials. */
export function client(token) {
  const closing = new AbortController()
  const get = async (path, headers = {}) => {
    let reply
    try {
      reply = await fetch(path, {
        headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers,
        credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer', signal: closing.signal,
      })
    } catch (error) {
      if (closing.signal.aborted) throw error
      throw new Refusal(0, 'The API cannot be reached from here now.', 5)
    }
    if (reply.ok || reply.status === 304) return reply
    throw await refusal(reply)
  }
  // What is of this token and not of the model is in lists alone, and nice to have.
  const ofCaller = async (id) => {
    try {
      const { data } = await (await get(`v1/models?fields=access,reported&q=${encodeURIComponent(id)}`)).json()
      const { access, reported } = data.find((m) => m.id === id) ?? {}
      return { ...(access && { access }), ...(reported && { reported }) }
    } catch {
      return {}
    }
  }
  return {
    token: () => token,
    closed: closing.signal,
    close: () => closing.abort(),
    /** The whole list, or nothing new where it is that of the tag: {models, tag, facts, arrived}. */
    async list(tag) {
      const reply = await get('v1/models?locked=true', tag ? { 'If-None-Match': tag } : {})
      if (reply.status === 304) return { facts: factsOf(reply) }
      const text = await reply.text()
      const arrived = performance.now()
      const { data, locked = [] } = JSON.parse(text)
      return { models: [...data, ...locked.map((m) => ({ ...m, locked: true }))], tag: reply.headers.get('ETag'), facts: factsOf(reply), arrived }
    },
    /** One model, as the API decides now, with what its backend told this token. */
    async model(id) {
      const reply = await get(`v1/models/${encodeURIComponent(id)}`)
      const model = await reply.json()
      return { model: { ...model, ...await ofCaller(model.id) }, facts: factsOf(reply) }
    },
    /** The events of the list; none where this API answers with the list alone. */
    async watch() {
      const reply = await get('v1/models?watch=true', { Accept: 'text/event-stream' })
      if (/^text\/event-stream\b/.test(reply.headers.get('Content-Type') ?? '')) return events(reply)
      await reply.body.cancel()
      return []
    },
  }
}

const factsOf = (reply) => ({
  checkedAt: reply.headers.get('X-Access-Checked-At') ?? new Date().toISOString(),
  incomplete: reply.headers.get('X-Models-Incomplete') === 'true',
  asOf: reply.headers.get('X-Models-As-Of'),
})

async function refusal(reply) {
  let message
  try { message = (await reply.json()).error.message } catch { message = `The API answered ${reply.status}.` }
  const after = Number(reply.headers.get('Retry-After'))
  return new Refusal(reply.status, message, reply.status === 429 || reply.status === 503 ? Math.min(300, Math.max(1, after || 5)) : 0)
}
