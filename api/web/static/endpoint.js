// Where a model is called and by which name: the one place where this is decided. What
// GET /v1/models?format= gives programs says the same.

/** The base URL for OpenAI clients: the model's URL with /v1 behind it, written once. */
export function baseURL(model) {
  const url = new URL(model.url)
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = path.endsWith('/v1') ? path : `${path}/v1`
  url.search = url.hash = ''
  return url.href
}

/** The name that the backend knows the model by: its first alias, else that of its MaaSModel, which an id may have a namespace before. */
export const nameToSend = (model) => model.aliases?.[0] ?? (model.id.startsWith(`${model.owned_by}/`) ? model.id.slice(model.owned_by.length + 1) : model.id)

const routes = {
  chat: '/chat/completions', completion: '/completions', embedding: '/embeddings', rerank: '/rerank',
  transcription: '/audio/transcriptions', speech: '/audio/speech', image: '/images/generations',
}

/** What to ask of the model: a key of routes, or '' where no example is known. Chat where nothing is. */
export function use(model) {
  const supported = model.supported_endpoints ?? []
  if (model.type) return routes[model.type] ? model.type : ''
  if (!supported.length) return (model.capabilities ?? []).some((c) => /embed/i.test(c)) ? 'embedding' : 'chat'
  return Object.keys(routes).find((key) => supported.includes(`/v1${routes[key]}`)) ?? ''
}

/** The path behind the base URL for a use; that of the model's own list where there is no example. */
export const route = (key) => routes[key] ?? '/models'

/** Whether text of a chat can be asked for. */
export const canChat = (model) => use(model) === 'chat'
