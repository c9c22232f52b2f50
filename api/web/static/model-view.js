// A model's page.
import { foreign, h, rewrite } from './dom.js'
import { baseURL, canChat, nameToSend } from './endpoint.js'
import { fields } from './fields-view.js'
import { state } from './list-view.js'
import { snippets, tryRequest } from './snippets.js'
import { ask } from './try.js'

/**
 * Writes the page of a model and gives how to bring it up to date: what is typed and
 * chosen stays. tools: token() gives the token, say(text) tells something aloud.
 */
export function showModel(container, model, tools) {
  const callable = isAddress(model.url)
  const parts = { now: h('div', {}), fields: h('section', { 'aria-labelledby': 'about' }) }
  let last
  const update = (current) => {
    const text = JSON.stringify(current)
    if (text === last) return
    last = text
    rewrite(parts.now, nowOf(current))
    rewrite(parts.fields, [h('h2', { id: 'about' }, 'About the model'), ...(current ? [fields(current)] : [])])
  }
  update(model)
  container.replaceChildren(h('h1', { tabindex: '-1', id: 'model-title' }, foreign(model.name ?? model.id)), parts.now,
    callable ? endpoint(model, tools) : h('p.notice', {}, 'Where this model can be called is not known.'),
    ...(callable ? [examples(model, tools), trial(model, tools)] : []), parts.fields)
  return update
}

/** What changes: whether the model can be used, and why not. */
function nowOf(model) {
  if (!model) return [h('p.notice.warning', { role: 'status' }, 'This model is not in the list any more.')]
  const { not_ready: why, description } = model
  return [h('p.state', {}, state(model)), description && h('p.description', {}, foreign(description)),
    why && h('p.notice.warning', {}, h('strong', {}, foreign(why.reason)), why.message && [': ', foreign(why.message)])].filter(Boolean)
}

const isAddress = (url) => { try { return /^https?:$/.test(new URL(url).protocol) } catch { return false } }

function endpoint(model, tools) {
  const row = (title, text) => h('div', {}, h('dt', {}, title), h('dd', {}, h('code', {}, foreign(text)), copyButton(text, title, tools)))
  return h('section', { 'aria-labelledby': 'endpoint' }, h('h2', { id: 'endpoint' }, 'Endpoint'),
    h('dl.endpoint', {}, row('Base URL', baseURL(model)), row('Model', nameToSend(model))))
}

function copyButton(text, of, tools) {
  return h('button.copy', { type: 'button', 'aria-label': `Copy ${of}`, onclick: () => copy(text, of, tools) }, 'Copy')
}

async function copy(text, of, tools) {
  try {
    await navigator.clipboard.writeText(text)
    tools.say(`${of} copied.`)
  } catch { // no permission, or plain http: the text can be selected all the same
    tools.say('The browser does not let this page copy. Select the text and copy it.')
  }
}

/** Examples in tabs, as the ARIA Authoring Practices Guide has them: arrows choose. */
function examples(model, tools) {
  const made = snippets(model)
  const tabs = made.map(({ title }, i) => h('button', { type: 'button', role: 'tab', id: `tab-${i}`, 'aria-controls': 'example', onclick: () => choose(i) }, title))
  const panel = h('div', { role: 'tabpanel', id: 'example', tabindex: '0' })
  const choose = (chosen) => {
    tabs.forEach((tab, i) => { tab.setAttribute('aria-selected', i === chosen); tab.tabIndex = i === chosen ? 0 : -1 })
    panel.setAttribute('aria-labelledby', `tab-${chosen}`)
    panel.replaceChildren(copyButton(made[chosen].text, `${made[chosen].title} example`, tools), h('pre', {}, h('code', {}, made[chosen].text)))
  }
  const keys = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }
  const turn = (event) => {
    if (!(event.key in keys)) return
    event.preventDefault()
    const at = tabs.indexOf(document.activeElement) + keys[event.key]
    const next = Number.isFinite(at) ? (at + tabs.length) % tabs.length : at < 0 ? 0 : tabs.length - 1
    choose(next)
    tabs[next].focus()
  }
  choose(0)
  return h('section', { 'aria-labelledby': 'examples' }, h('h2', { id: 'examples' }, 'Examples'),
    h('p.quiet', {}, 'They read the token from the environment variable OPENAI_API_KEY.'),
    h('div.tabs', { role: 'tablist', 'aria-labelledby': 'examples', onkeydown: turn }, tabs), panel)
}

/** One request to the model, sent by this browser. */
function trial(model, tools) {
  const title = h('h2', { id: 'try' }, 'Try it')
  if (!canChat(model)) return h('section', { 'aria-labelledby': 'try' }, title, h('p', {}, 'Only models that chat can be tried here. The examples above show a request.'))
  const field = h('textarea', { id: 'question', rows: '2', maxlength: '4000', autocomplete: 'off' }, 'Say hello in one sentence.')
  const button = h('button.primary', { type: 'submit' }, 'Send')
  const answer = h('div.answer', { role: 'status', 'aria-live': 'polite' })
  const send = async (event) => {
    event.preventDefault()
    button.disabled = true
    answer.replaceChildren(h('p.quiet', {}, 'Waiting for the model…'))
    const { text, why, took } = await ask(tryRequest(model, field.value), tools.token())
    button.disabled = false
    answer.replaceChildren(...(why ? [h('p.notice.warning', {}, foreign(why))] : [h('p.reply', {}, foreign(text, 'span')), h('p.quiet', {}, `${(took / 1000).toFixed(1)} s`)]))
  }
  return h('section', { 'aria-labelledby': 'try' }, title,
    h('p.quiet', {}, 'Your browser sends one request with your token to ', h('code', {}, foreign(new URL(model.url).origin)), '. It may cost what a request costs.'),
    h('form', { onsubmit: send }, h('label', { for: 'question' }, 'Message'), field, button), answer)
}
