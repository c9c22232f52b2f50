// A client generated from the openapi.json that the API serves, against that API;
// TestGeneratedClient of package api generates, compiles and runs this.
import assert from 'node:assert/strict'
import test from 'node:test'
import createClient from 'openapi-fetch'
import type { components, paths } from './api.js'

const url = process.env.MAAS_URL
assert.ok(url, 'MAAS_URL is not set: go test -run TestGeneratedClient ./api sets it')

// alice may use three of the four models. Several values are written with commas, as the
// description says of each parameter (style form, not exploded): types do not tell the
// library, so it is told here.
const client = createClient<paths, 'application/json'>({
  baseUrl: url, headers: { Authorization: 'Bearer alice' }, querySerializer: { array: { style: 'form', explode: false } },
})

test('the list', async () => {
  const { data } = await client.GET('/v1/models')
  assert.ok(data)
  const models: components['schemas']['Model'][] = data.data
  assert.deepEqual(models.map((m) => m.id), ['b/granite', 'granite', 'zephyr-7b.q4'])
  assert.equal(data.total, undefined)
})

test('a question with every sort of parameter', async () => {
  const { data, error } = await client.GET('/v1/models', {
    params: {
      query: {
        kind: ['llmisvc', 'InferenceService'], namespace: ['a', 'b'], ready: 'true', q: 'r', sort: '-created', limit: 2,
        fields: ['name', 'access'], facets: ['kind', 'ready'],
      },
    },
  })
  assert.ok(data, JSON.stringify(error))
  const first: components['schemas']['Model'] | undefined = data.data[0]
  const latency: number | undefined = first?.access?.latency_ms
  const counts: components['schemas']['Facet'] | undefined = data.facets?.kind
  assert.deepEqual(data.data.map((m) => m.id), ['b/granite', 'granite'])
  assert.equal(typeof latency, 'number')
  assert.equal(first?.url, undefined)
  assert.deepEqual(counts, { values: [{ value: 'llmisvc', count: 3 }], more: 0 })
  assert.equal(data.total, 3)
  assert.equal(data.has_more, true)
})

test('one model', async () => {
  const { data } = await client.GET('/v1/models/{id}', { params: { path: { id: 'zephyr-7b.q4' } } })
  assert.ok(data)
  const known: string = data.url // there without being asked for, so the type says that it is
  assert.match(known, /^http:/)
})

test('an error', async () => {
  // @ts-expect-error the description names the orders, and this is none
  const { error, response } = await client.GET('/v1/models', { params: { query: { sort: 'size' } } })
  assert.equal(response.status, 400)
  assert.ok(error)
  const { param, message }: components['schemas']['Error']['error'] = error.error
  assert.equal(param, 'sort')
  assert.match(message, /context_length/)
})
