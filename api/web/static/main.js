// The page: what is typed and pressed, and what is shown then.
import { empty, follow } from './catalog.js'
import { client, readToken } from './client.js'
import { foreign, h, moment } from './dom.js'
import { showFacets } from './facet-view.js'
import { orderChoices, showList, showPager, summary } from './list-view.js'
import { showModel } from './model-view.js'
import { everything, formatView, pageSize, parseView, select } from './query.js'
import { distance, spelled } from './text.js'

const $ = (id) => document.getElementById(id)

let asking = null // the client of the token in use
let catalog = empty()
let view = everything()
let opened = null // the model whose page is shown: {id, update}
let retry = 0 // the timer that counts down to the next try

// --- the token

$('enter').querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault()
  const field = $('token')
  try {
    const token = readToken(field.value)
    $('token-fault').textContent = ''
    field.value = ''
    begin(token)
  } catch (fault) {
    $('token-fault').textContent = fault.message
    field.focus()
  }
})

function begin(token) {
  forget()
  asking = client(token)
  $('forget').hidden = false
  route()
  $('list-title').focus()
  const mine = asking
  const current = (then) => (...given) => mine === asking && then(...given)
  follow(asking, catalog, { changed: current(changed), refused: current(refused) })
}

/** Nothing of the token, or of what it may use, is left: not in a page that the browser keeps for "back" either. */
function forget() {
  asking?.close()
  asking = null
  catalog = empty()
  opened = null
  clearInterval(retry)
  for (const id of ['notices', 'facets', 'rows', 'pager', 'model', 'summary', 'checked', 'said']) $(id).replaceChildren()
  $('forget').hidden = true
  $('list').classList.add('unknown')
  $('empty').hidden = true
  route()
}

function anotherToken() {
  forget()
  say('The token is forgotten.')
  $('token').focus()
}

$('forget').addEventListener('click', anotherToken)
$('another').addEventListener('click', anotherToken)
addEventListener('pagehide', forget)

// --- what the API says

function changed() {
  clearInterval(retry)
  showNotices()
  render()
  opened?.update(catalog.models.get(opened.id))
  if (catalog.arrived !== undefined) performance.measure('list', { start: catalog.arrived, end: performance.now() })
}

function refused(refusal, seconds) {
  let left = Math.ceil(seconds)
  const countdown = h('span', {})
  const tick = () => { countdown.textContent = seconds ? ` The next try is in ${left} s.` : ''; left = Math.max(0, left - 1) }
  clearInterval(retry)
  tick()
  retry = setInterval(tick, 1000)
  $('summary').replaceChildren()
  const other = h('button', { type: 'button', onclick: anotherToken }, 'Use another token')
  $('notices').replaceChildren(h('div.notice.error', {},
    h('p', { role: 'alert' }, h('strong', {}, refusal.status ? `The API answers ${refusal.status}. ` : ''), foreign(refusal.message)),
    h('p', {}, countdown, ' ', !seconds && other)))
}

function showNotices() {
  const { incomplete, asOf } = catalog.facts
  const notices = []
  if (incomplete) notices.push('Some models could not be asked whether they let this token in, so the list may lack them. It is asked again by itself.')
  if (asOf) notices.push(`The cluster cannot be followed at the moment: the list is as of ${asOf}.`)
  const text = notices.join(' ')
  if ($('notices').textContent !== text) $('notices').replaceChildren(...(text ? [h('p.notice.warning', { role: 'status' }, text)] : []))
}

function showChecked() {
  if (!catalog.facts) return
  const { checkedAt } = catalog.facts
  $('checked').replaceChildren('access checked ', moment(checkedAt, distance(checkedAt, Date.now()) || checkedAt), catalog.live ? ' · live' : '')
}
setInterval(showChecked, 5000)

// --- the list

function render() {
  if (!catalog.facts) return
  const all = [...catalog.models.values()]
  const { models, counts } = select(all, view)
  view.page = Math.min(view.page, Math.max(1, Math.ceil(models.length / pageSize)))
  showFacets($('facets'), counts, view, choose)
  $('empty').hidden = models.length > 0
  $('rows').hidden = models.length === 0
  $('empty-nobody').hidden = all.length > 0
  $('empty-filtered').hidden = all.length === 0
  $('list').classList.remove('unknown')
  $('list').classList.toggle('nothing', all.length === 0)
  showList($('rows'), models, view, order)
  showPager($('pager'), models.length, view, turn)
  const text = summary(models.length, all.length, view)
  if ($('summary').textContent !== text) $('summary').textContent = text
  $('sort').value = view.sort
  showChecked()
}

/** Shows the view after a change of it, which is in the address from then on. */
function look(change) {
  view = { ...view, page: 1, ...change }
  const text = formatView(view)
  history.replaceState(null, '', text ? `#/?${text}` : '#/')
  render()
}

function choose(facet, value, on) {
  const values = new Set(view.chosen[facet])
  if (on) values.add(value)
  else values.delete(value)
  look({ chosen: { ...view.chosen, [facet]: values } })
}

const order = (key) => look({ sort: view.sort === key ? `-${key}` : key })

function turn(page) {
  look({ page })
  $('list-title').scrollIntoView()
}

$('search').addEventListener('input', () => look({ q: $('search').value }))
$('sort').append(...orderChoices().map(([value, title]) => h('option', { value }, title)))
$('sort').addEventListener('change', () => look({ sort: $('sort').value }))
$('everything').addEventListener('click', () => {
  $('search').value = ''
  look(everything())
  $('search').focus()
})
const narrow = matchMedia('(max-width: 60rem)')
const fold = () => { $('filters').open = !narrow.matches }
narrow.addEventListener('change', fold)
fold()
$('skip').addEventListener('click', () => $('results').focus())

// --- the address

function route() {
  const [, id, query] = /^#\/(?:model\/([^?]+))?(?:\?(.*))?$/.exec(location.hash) ?? []
  $('enter').hidden = asking !== null
  $('list').hidden = asking === null || id !== undefined
  $('model').hidden = asking === null || id === undefined
  document.title = 'Models'
  if (!asking) return
  if (id !== undefined) return open(decoded(id))
  const left = opened?.id
  opened = null
  view = parseView(query ?? '')
  $('search').value = view.q
  render()
  if (left !== undefined) (document.getElementById(`model-${left}`) ?? $('list-title')).focus()
}
addEventListener('hashchange', route)

const decoded = (text) => { try { return decodeURIComponent(text) } catch { return text } }

// --- a model

async function open(id) {
  const mine = asking
  const checked = h('p.quiet', {}, 'Checking access…')
  const back = h('nav.way', { 'aria-label': 'Back' }, h('a.back', { href: formatView(view) ? `#/?${formatView(view)}` : '#/' }, 'All models'), checked)
  const body = h('article', {}, h('h1', { tabindex: '-1', id: 'model-title' }, foreign(id)))
  const shown = { id, update: () => {} }
  opened = shown
  document.title = `${spelled(id)} – Models`
  $('model').replaceChildren(back, body)
  const show = (model) => {
    shown.update = showModel(body, model, { token: mine.token, say })
    $('model-title').focus()
  }
  const known = catalog.models.get(id)
  if (known) show(known)
  else $('model-title').focus()
  try {
    const { model, facts } = await mine.model(id)
    if (opened !== shown) return
    shown.id = model.id // else it was an alias
    if (!known) show(model)
    else shown.update(model)
    // Entries of the list, which come later, do not have what is of this token.
    const { access, reported } = model
    const update = shown.update
    shown.update = (entry) => update(entry && { ...entry, access, reported })
    checked.replaceChildren('Access checked at ', moment(facts.checkedAt, new Date(facts.checkedAt).toLocaleTimeString('en-GB')))
  } catch (error) {
    if (opened !== shown) return
    checked.replaceChildren()
    body.prepend(h('p.notice.error', { role: 'alert' }, foreign(error.message)))
  }
}

/** Tells aloud, and for a moment in the corner. */
function say(text) {
  $('said').textContent = text
}

route()
