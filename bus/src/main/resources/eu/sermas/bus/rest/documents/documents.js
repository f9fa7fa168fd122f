// Shows the OpenAPI or AsyncAPI document that the page names. Everything from the document is put
// in as text.
'use strict';

const main = document.querySelector('main');

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function resolve(root, value, seen = []) {
  if (Array.isArray(value)) return value.map((item) => resolve(root, item, seen));
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.$ref === 'string') {
    if (seen.includes(value.$ref)) return { $ref: value.$ref };
    const target = value.$ref
      .slice(2)
      .split('/')
      .reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], root);
    return resolve(root, target, [...seen, value.$ref]);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolve(root, item, seen)]));
}

function code(value) {
  return element('pre', JSON.stringify(value, null, 2));
}

function part(title, value) {
  return value === undefined ? [] : [element('h4', title), code(value)];
}

function entry(method, address, note, ...children) {
  const label = element('span', method);
  label.className = 'method';
  const summary = element('summary', '', label, element('code', address), ` ${note}`);
  return element('details', '', summary, ...children);
}

function rest(root) {
  const byTag = new Map();
  for (const [path, item] of Object.entries(root.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags[0];
      if (!byTag.has(tag)) byTag.set(tag, []);
      const shown = resolve(root, operation);
      byTag.get(tag).push(entry(method, path, operation.summary,
        element('p', operation.description),
        ...part('Parameters', shown.parameters),
        ...part('Body', shown.requestBody?.content),
        ...part('Answers', shown.responses)));
    }
  }
  return [...byTag].flatMap(([tag, entries]) => [element('h2', tag), ...entries]);
}

function topics(root) {
  const actions = new Map();
  for (const operation of Object.values(root.operations)) {
    const key = operation.channel.$ref.split('/').pop();
    actions.set(key, [...(actions.get(key) ?? []), operation.action]);
  }
  return Object.entries(root.channels).map(([key, channel]) => {
    const message = resolve(root, channel.messages.event);
    return entry((actions.get(key) ?? []).join(', '), channel.address, '',
      element('p', channel.description),
      ...part(message.contentType, message.payload));
  });
}

async function show(token) {
  try {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const answer = await fetch(document.body.dataset.document, { headers });
    const root = await answer.json();
    if (!answer.ok) throw new Error(root.message);
    main.replaceChildren(element('p', root.info.description), ...(root.paths ? rest(root) : topics(root)));
  } catch (problem) {
    const line = element('p', String(problem));
    line.className = 'problem';
    main.replaceChildren(line);
  }
}

document.querySelector('form')?.addEventListener('submit', (event) => {
  event.preventDefault();
  show(event.target.querySelector('input').value.trim());
});
show('');
