/** The API described (OpenAPI 3.1), from the schemas that type its answers. */
import { z } from 'zod'
import {
  Employee,
  EmployeePage,
  Entry,
  EntryPage,
  employees,
  entries,
  type List,
  Punch,
  PunchPage,
  punches,
} from './lists.js'
import { Problem } from './problem.js'

const SCHEMAS = { Entry, EntryPage, Punch, PunchPage, Employee, EmployeePage, Problem } as const

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

export function openApi(companyName: string) {
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Punchline',
      version: '1',
      summary: `Time entries, punches and employees of ${companyName}`,
      description:
        'Read-only. A token from the page API tokens goes into the header Authorization, never into the URL. Instants are ISO 8601 in UTC; days are days of the zone that each answer names. Fields may be added.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths: {
      '/entries': path(entries, 'EntryPage'),
      '/punches': path(punches, 'PunchPage'),
      '/employees': path(employees, 'EmployeePage'),
      '/openapi.json': {
        get: {
          operationId: 'openapi',
          summary: 'This description',
          security: [],
          responses: {
            200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: componentSchemas(),
    },
  }
}

function path(list: List<z.ZodObject>, page: keyof typeof SCHEMAS) {
  return {
    get: {
      operationId: list.path.slice(1),
      summary: list.summary,
      description: list.description,
      parameters: parameters(list.query),
      responses: {
        200: { description: 'A page', content: { 'application/json': { schema: reference(page) } } },
        400: failure('A parameter can’t be taken'),
        401: failure('No token, or one that is unknown or revoked'),
        405: failure('Another method than GET'),
        500: failure('A fault in Punchline'),
        503: failure('The database can’t be used now: try again later'),
      },
    },
  }
}

function failure(description: string) {
  return { description, content: { 'application/problem+json': { schema: reference('Problem') } } }
}

function parameters(query: z.ZodObject) {
  return Object.entries(query.shape).map(([name, schema]) => {
    const { $schema: _dialect, description, ...rest } = z.toJSONSchema(schema, { io: 'input' })
    return { name, in: 'query', required: false, description, schema: rest }
  })
}

/** Each by name, referring to the others by name. */
function componentSchemas() {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: id => `#/components/schemas/${id}` })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  )
}
