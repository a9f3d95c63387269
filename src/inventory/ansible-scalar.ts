/**
 * Plain YAML scalars as Ansible's parser (PyYAML, YAML 1.1) takes them: `yes` and `off` are
 * booleans there, `010` is eight and `1:30` is ninety. Files that are only ours follow YAML 1.2.
 */
import type { Scalar } from './yaml-node';

/** The value of a plain scalar that bears no tag. */
export function ansibleScalar(source: string): Scalar {
  if (/^(?:~|null|Null|NULL|)$/.test(source)) return null;
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(source)) return true;
  if (/^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(source)) return false;
  return integer(source) ?? float(source) ?? source;
}

function integer(source: string): number | undefined {
  const [, sign, digits = ''] = /^([+-]?)([\w:]+)$/.exec(source) ?? [];
  const value = magnitude(digits);
  if (value === undefined) return undefined;
  return sign === '-' && value !== 0 ? -value : value;
}

function magnitude(written: string): number | undefined {
  const digits = written.replaceAll('_', '');
  if (/^0b_*[01][01_]*$/.test(written)) return Number.parseInt(digits.slice(2), 2);
  if (/^0x_*[\dA-Fa-f][\dA-Fa-f_]*$/.test(written)) return Number.parseInt(digits.slice(2), 16);
  if (/^0[0-7_]+$/.test(written)) return Number.parseInt(digits, 8);
  if (/^(?:0|[1-9][\d_]*)$/.test(written)) return Number(digits);
  if (/^[1-9][\d_]*(?::[0-5]?\d)+$/.test(written)) return sexagesimal(digits);
  return undefined;
}

function float(source: string): number | undefined {
  const digits = source.replaceAll('_', '');
  if (/^[+-]?\d[\d_]*\.[\d_]*(?:[eE][+-]\d+)?$/.test(source)) return Number(digits);
  if (/^\.\d[\d_]*(?:[eE][+-]\d+)?$/.test(source)) return Number(digits);
  const [, sign, sixties] = /^([+-]?)(\d[\d_]*(?::[0-5]?\d)+\.[\d_]*)$/.exec(source) ?? [];
  if (sixties === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * sexagesimal(sixties.replaceAll('_', ''));
}

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((value, part) => value * 60 + Number(part), 0);
}
