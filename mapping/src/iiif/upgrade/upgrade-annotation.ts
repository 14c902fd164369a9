import { isNode, type JsonNode, nodes, text, texts } from '../../json-node.ts';
import { descriptive, others } from './descriptive.ts';
import { languageValues } from './language-values.ts';
import { idOf, typeOf } from './type-of.ts';
import { upgradeServices } from './upgrade-service.ts';

/** An Open Annotation of Presentation 2 as a Web Annotation (Presentation API 3.0, change log 1.3). */
export function upgradeAnnotation(annotation: JsonNode, otherwise: string): JsonNode {
  const motivations = texts(annotation['motivation']).map((value) => value.replace(/^(sc|oa):/, ''));
  const [motivation = 'painting'] = motivations;
  const given = annotation['resource'];
  const bodies = (typeof given === 'string' ? [{ '@id': given, '@type': 'dctypes:Text' }] : nodes(given)).map(upgradeBody);
  const target = upgradeTarget(annotation['on']);
  const stylesheet = nodes(annotation['stylesheet']).map(({ chars, ...sheet }) => ({
    ...(idOf(sheet) === undefined ? {} : { id: idOf(sheet) }),
    type: 'CssStylesheet',
    ...(chars === undefined ? {} : { value: chars }),
  }));
  const { label } = descriptive(annotation);
  return {
    id: idOf(annotation) ?? otherwise,
    type: 'Annotation',
    ...(label ? { label } : {}),
    motivation: motivations.length > 1 ? motivations : motivation,
    ...(stylesheet.length > 0 ? { stylesheet: stylesheet[0] } : {}),
    ...(bodies.length === 0 ? {} : { body: bodies.length === 1 ? bodies[0] : bodies }),
    target,
    ...others(annotation, ['motivation', 'resource', 'on', 'stylesheet']),
  };
}

function upgradeBody(body: JsonNode): JsonNode {
  const type = typeOf(body);
  const id = idOf(body);
  if (type === 'Choice') {
    const choices = [...nodes(body['default']), ...nodes(body['item'])].map(upgradeBody);
    return { type: 'Choice', items: choices };
  }
  if (type === 'SpecificResource') {
    const [source] = nodes(body['full']).map(upgradeBody);
    const selector = selectorOf(body['selector']);
    const styleClass = text(body['style']);
    return {
      ...(id === undefined ? {} : { id }),
      type,
      source: source ?? text(body['full']),
      ...(selector ? { selector } : {}),
      ...(styleClass === undefined ? {} : { styleClass }),
    };
  }
  const service = upgradeServices(body['service']);
  const label = languageValues(body['label']);
  const language = text(body['language']);
  const { chars, format } = body;
  if (type === 'TextualBody' || (chars !== undefined && id === undefined))
    return {
      ...(id === undefined ? {} : { id }),
      type: 'TextualBody',
      value: String(chars ?? ''),
      ...(text(format) === undefined ? {} : { format }),
      ...(language === undefined ? {} : { language }),
    };
  return {
    ...(id === undefined ? {} : { id }),
    type: type ?? (/^image\//.test(String(format)) ? 'Image' : 'Text'),
    ...(label ? { label } : {}),
    ...(text(format) === undefined ? {} : { format }),
    ...(language === undefined ? {} : { language }),
    ...others(body, ['format', 'language', 'chars']),
    ...(service.length > 0 ? { service } : {}),
  };
}

/** 2.1, 5.4 and Open Annotation: an address, perhaps with a fragment, or a specific resource. */
function upgradeTarget(on: unknown): unknown {
  if (Array.isArray(on)) return on.length === 1 ? upgradeTarget(on[0]) : on.map(upgradeTarget);
  if (!isNode(on)) return on;
  const full = on['full'];
  const source = isNode(full) ? idOf(full) : text(full);
  if (source === undefined) return idOf(on);
  const selector = selectorOf(on['selector']);
  return selector ? { type: 'SpecificResource', source, selector } : source;
}

function selectorOf(value: unknown): JsonNode | undefined {
  if (!isNode(value)) return undefined;
  const type = typeOf(value);
  const chosen = type === 'Choice' ? (nodes(value['item'])[0] ?? nodes(value['default'])[0]) : undefined;
  if (chosen) return selectorOf(chosen);
  const { '@type': _, '@id': __, '@context': ___, chars, ...rest } = value;
  return { type: type ?? 'FragmentSelector', ...rest, ...(chars === undefined ? {} : { value: chars }) };
}
