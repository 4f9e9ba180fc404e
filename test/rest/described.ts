import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** The OpenAPI document, as far as answers are compared with it. */
interface Document {
  readonly paths: Readonly<
    Record<string, { readonly get: { readonly responses: Readonly<Record<string, Response>> } }>
  >;
}
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

export const text = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
export const document = JSON.parse(text) as Document;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', ...document });

/** What is wrong with an answer to GET by the document; null: nothing. Answers of paths that it does not have are errors. */
export function faultOf(path: string, status: number, body: unknown): string | null {
  const schema = schemaOf(path, status);
  if (typeof schema === 'string') return schema;
  const validate = (ajv.getSchema(schema.$ref) ?? ajv.compile({ $ref: schema.$ref })) as ValidateFunction;
  return validate(body) ? null : ajv.errorsText(validate.errors);
}

function schemaOf(path: string, status: number): { $ref: string } | string {
  const found = Object.entries(document.paths).find(([template]) => matches(template, path.split('?')[0] as string));
  if (!found) return { $ref: 'openapi#/components/schemas/Error' };
  const [template, { get }] = found;
  if (!get.responses[status]) return `${template} is not said to answer ${status}`;
  const pointer = get.responses[status].$ref?.slice(1) ?? `/paths/${escaped(template)}/get/responses/${status}`;
  return { $ref: `openapi#${pointer}/content/${escaped('application/json')}/schema` };
}

const matches = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path);

/** For a JSON pointer within a URL. */
const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
