// How the document is written: elements from values, never markup from text.
import { runs } from './text.js'

/**
 * An element. Properties that begin with "on" are listeners, those in camel case are
 * properties of the element, all others attributes; children that are null or false are left out.
 */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.')
  const element = document.createElement(name)
  if (classes.length) element.className = classes.join(' ')
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (/[A-Z]/.test(key)) element[key] = value
    else element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/** Text of others: isolated from the text around it, and with a mark for each character that cannot be seen. */
export const foreign = (value, tag = 'bdi') => h(tag, tag === 'bdi' ? {} : { dir: 'auto' }, runs(value).map((run) =>
  run.control ? h('span.control', { title: 'a character that cannot be seen' }, run.control) : run.text))

/** The same, with what is an http or https address as a link that tells the other site nothing. */
export function linked(value) {
  return String(value).split(/(https?:\/\/[^\s<>"']+)/).map((piece, i) => (i % 2 ? link(piece) : foreign(piece)))
}

/** A link to another site, or the text where it is no address of one. */
export function link(address) {
  const url = URL.parse?.(address) ?? null
  return url && /^https?:$/.test(url.protocol) ? h('a', { href: url.href, rel: 'noreferrer noopener', target: '_blank' }, foreign(address)) : foreign(address)
}

/** A moment, as the browser's own attribute and in words. */
export const moment = (iso, words) => h('time', { datetime: iso, title: iso }, words)

/**
 * Writes a container again and leaves the keyboard where it was: at what has the same id, else
 * the same words; where that is gone, at the first of its sort, or around the container.
 */
export function rewrite(container, children) {
  const before = container.contains(document.activeElement) ? document.activeElement : null
  container.replaceChildren(...children)
  if (!before) return
  const same = (element) => !element.disabled && (before.id ? element.id === before.id : element.textContent === before.textContent)
  const alike = [...container.querySelectorAll(before.localName)]
  const place = alike.find(same) ?? alike.find((element) => !element.disabled) ?? container.closest('[tabindex]')
  place?.focus({ preventScroll: true })
}

const drawn = new WeakMap()

/**
 * Whether a container has to be written again: not where it would show the same, so that what is
 * selected, or being read aloud, stays as it is while the list is asked for again.
 */
export function differs(container, shown) {
  const text = JSON.stringify(shown)
  if (drawn.get(container) === text && container.hasChildNodes()) return false
  drawn.set(container, text)
  return true
}
