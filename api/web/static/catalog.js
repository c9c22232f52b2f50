// What the page knows of the models, and how it stays true: by the events of the API, or
// by asking again where it sends none.
import { Refusal } from './client.js'

/** How often the list is asked for where there are no events, in ms. */
const every = 30_000
/** How long after a stream of events has ended the list is asked for, in ms. */
const again = 1_000

/**
 * Follows the list of a client until it is closed. tell is given what there is to show:
 * changed(catalog), refused(refusal, seconds until the next try).
 */
export async function follow(client, catalog, tell) {
  while (!client.closed.aborted) {
    try {
      apply(catalog, await client.list(catalog.tag))
      tell.changed(catalog)
    } catch (error) {
      if (client.closed.aborted) return
      const refusal = error instanceof Refusal ? error : new Refusal(0, 'The answer of the API broke off.', 5)
      tell.refused(refusal, refusal.retryAfter)
      if (!refusal.retryAfter) return
      await pause(refusal.retryAfter * 1000, client.closed)
      continue
    }
    await pause(await listen(client, catalog, tell) ? again : every, client.closed)
  }
}

/** Takes events until there are no more, and says whether there were any: none where this API sends none, or not now. */
async function listen(client, catalog, tell) {
  try {
    for await (const event of await client.watch()) {
      if (event.name === 'end' && JSON.parse(event.data).reason === 'displaced') return false
      if (!take(catalog, event)) continue
      catalog.live = true
      tell.changed(catalog)
    }
  } catch {
    // Whatever it was, the list is asked for again.
  }
  const heard = catalog.live
  catalog.live = false
  return heard
}

/** What is known at first: nothing. */
export const empty = () => ({ models: new Map(), tag: undefined, facts: undefined, live: false, arrived: undefined })

function apply(catalog, { models, tag, facts, arrived }) {
  Object.assign(catalog, { facts, arrived })
  if (models) Object.assign(catalog, { tag, models: new Map(models.map((m) => [m.id, m])) })
}

/** Takes an event into the catalog; false where it changes nothing. */
export function take(catalog, { name, data }) {
  if (name !== 'sync' && name !== 'changed') return false
  const { ids, changed = [], removed = [], incomplete = false, as_of: asOf } = JSON.parse(data)
  if (name === 'sync') {
    const entries = new Map(changed.map((m) => [m.id, m]))
    const now = ids.map((id) => entries.get(id) ?? catalog.models.get(id)).filter(Boolean)
    // Of models that could not be asked nobody says that they are gone.
    const kept = [...catalog.models.values()].filter((m) => m.locked || incomplete)
    catalog.models = new Map([...kept, ...now].map((m) => [m.id, m]))
  } else {
    removed.forEach((id) => catalog.models.delete(id))
    changed.forEach((m) => catalog.models.set(m.id, m))
  }
  // The tag is that of a list which is no more.
  Object.assign(catalog, { tag: undefined, arrived: undefined, facts: { checkedAt: new Date().toISOString(), incomplete, asOf } })
  return true
}

/** Waits; a hidden page waits until it is seen again. */
function pause(ms, closed) {
  return new Promise((resolve) => {
    const end = () => {
      if (document.hidden && !closed.aborted) return
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
      closed.removeEventListener('abort', end)
      resolve()
    }
    let due = false
    const timer = setTimeout(() => { due = true; end() }, ms)
    const seen = () => due && end()
    document.addEventListener('visibilitychange', seen)
    closed.addEventListener('abort', end)
  })
}
