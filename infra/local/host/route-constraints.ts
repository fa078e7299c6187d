/** The inline constraints of ASP.NET route templates: what a parameter's text must look like for the route to match. */

export type Constraint = (value: string) => boolean;

const numberPattern = /^\s*[+-]?(\d+(,\d{3})*(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;
const guidPattern = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i;

const plain: Readonly<Record<string, Constraint>> = {
  int: (value) => isInteger(value, 32n),
  long: (value) => isInteger(value, 64n),
  bool: (value) => /^\s*(true|false)\s*$/i.test(value),
  decimal: (value) => numberPattern.test(value),
  double: (value) => numberPattern.test(value),
  float: (value) => numberPattern.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  guid: (value) => guidPattern.test(value.replace(/^[{(](.*)[)}]$/, '$1')),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
};

/** @throws {Error} saying what is wrong with the constraint. */
export function readConstraint(name: string, argument: string | undefined): Constraint {
  const check = Object.hasOwn(plain, name.toLowerCase()) ? plain[name.toLowerCase()] : undefined;
  if (check !== undefined) {
    if (argument !== undefined) throw new Error(`the constraint '${name}' takes no argument`);
    return check;
  }
  if (name.toLowerCase() === 'regex') return regexConstraint(argument);
  const numbers = (argument ?? '').split(',').map((part) => part.trim());
  if (!numbers.every((part) => /^-?\d+$/.test(part)))
    throw new Error(`the constraint '${name}(${argument ?? ''})' is not known`);
  return numericConstraint(name, numbers.map(Number));
}

function numericConstraint(name: string, [first = 0, second, ...more]: number[]): Constraint {
  const kind = `${name.toLowerCase()}/${second === undefined ? 1 : more.length + 2}`;
  const last = second ?? first;
  switch (kind) {
    case 'minlength/1':
      return (value) => value.length >= first;
    case 'maxlength/1':
      return (value) => value.length <= first;
    case 'length/1':
    case 'length/2':
      return (value) => value.length >= first && value.length <= last;
    case 'min/1':
      return (value) => isInteger(value, 64n) && Number(value) >= first;
    case 'max/1':
      return (value) => isInteger(value, 64n) && Number(value) <= first;
    case 'range/2':
      return (value) => isInteger(value, 64n) && Number(value) >= first && Number(value) <= last;
    default:
      throw new Error(`the constraint '${name}' does not exist with these arguments`);
  }
}

function regexConstraint(argument: string | undefined): Constraint {
  if (!argument) throw new Error("the constraint 'regex' needs a pattern");
  try {
    const pattern = new RegExp(argument, 'i');
    return (value) => pattern.test(value);
  } catch (cause) {
    throw new Error(`the constraint 'regex(${argument})' has a pattern that cannot be read`, { cause });
  }
}

function isInteger(value: string, bits: bigint): boolean {
  if (!/^\s*[+-]?\d{1,30}\s*$/.test(value)) return false;
  const parsed = BigInt(value.trim().replace(/^\+/, ''));
  return BigInt.asIntN(Number(bits), parsed) === parsed;
}
