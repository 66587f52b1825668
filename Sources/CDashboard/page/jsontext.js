// JSON as people type it: where it is broken, and where a pointer leads.

/** `{value}`, or `{message, position}` of what is no JSON. */
export function readJSON(text) {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // Browsers word it differently; the place is at the end of it, where it is told.
    const position = Number(/position (\d+)/.exec(error.message)?.[1] ?? text.length);
    const what = error.message.replace(/^JSON\.parse: /, "").replace(/ in JSON at position .*/, "");
    return { message: `is no JSON: ${what}`, position };
  }
}

/** The line of a place in the text, from 1. */
export const lineAt = (text, position) => text.slice(0, position).split("\n").length;

/**
 * Where in `text`, which is JSON, the value is that `pointer` names (RFC 6901), or the innermost
 * one around it that there is.
 */
export function positionOf(text, pointer) {
  const names = pointer.split("/").slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  let place = skipSpace(text, 0);
  for (const name of names) {
    const next = memberOf(text, place, name);
    if (next === null) return place;
    place = next;
  }
  return place;
}

/** Where the member or item `name` of the value at `start` begins; null when there is none. */
function memberOf(text, start, name) {
  const isObject = text[start] === "{";
  if (!isObject && text[start] !== "[") return null;
  let [place, index] = [skipSpace(text, start + 1), 0];
  while (place < text.length && !"]}".includes(text[place])) {
    let key = String(index);
    if (isObject) {
      const end = valueEnd(text, place);
      key = JSON.parse(text.slice(place, end));
      place = skipSpace(text, skipSpace(text, end) + 1); // Behind the colon.
    }
    if (key === name) return place;
    place = skipSpace(text, valueEnd(text, place));
    if (text[place] === ",") place = skipSpace(text, place + 1);
    index += 1;
  }
  return null;
}

function skipSpace(text, place) {
  while (" \t\r\n".includes(text[place] ?? "x")) place += 1;
  return place;
}

/** Behind the value at `start`. */
function valueEnd(text, start) {
  let [place, depth, isInString] = [start, 0, false];
  for (; place < text.length; place += 1) {
    const sign = text[place];
    if (isInString) {
      if (sign === "\\") place += 1;
      else if (sign === '"') {
        isInString = false;
        if (depth === 0) return place + 1;
      }
    } else if (sign === '"') isInString = true;
    else if ("[{".includes(sign)) depth += 1;
    else if ("]}".includes(sign)) {
      if (depth === 0) return place;
      depth -= 1;
      if (depth === 0) return place + 1;
    } else if (depth === 0 && ", \t\r\n".includes(sign)) return place;
  }
  return place;
}
