// Owns the reading of XML in tests, by a parser that has nothing to do with the product.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const python = '/usr/bin/python3';
const program = fileURLToPath(new URL('./xml-tree.py', import.meta.url));

/** Why it cannot be used here; undefined when it can. */
export function xmlParserMissing(): string | undefined {
  return existsSync(python) ? undefined : `${python} is not installed`;
}

export class XmlTree {
  /** `{namespace}name` where there is one. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly XmlTree[];

  private constructor([name, attributes, text, children]: RawTree) {
    this.name = name;
    this.attributes = attributes;
    this.text = text;
    this.children = children.map((child) => new XmlTree(child));
  }

  /** Throws for what is not well-formed. */
  static parse(xml: string): XmlTree {
    const { status, stdout, stderr } = spawnSync(python, [program], { input: xml });
    if (status !== 0) throw new Error(stderr.toString());
    return new XmlTree(JSON.parse(stdout.toString()));
  }

  /** Children of this name, whatever their namespace. */
  all(name: string): XmlTree[] {
    return this.children.filter((child) => child.name.replace(/^\{.*\}/, '') === name);
  }

  /** Texts of the children, by name. */
  get fields(): Record<string, string> {
    return Object.fromEntries(
      this.children.map(({ name, text }) => [name.replace(/^\{.*\}/, ''), text]),
    );
  }
}

type RawTree = readonly [string, Readonly<Record<string, string>>, string, readonly RawTree[]];
