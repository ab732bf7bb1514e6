/**
 * Every type that a declaration of the package names is
 * exported beside it: a program can name what it is given.
 */

import { relative } from 'node:path';
import t from 'tap';
import ts from 'typescript';

const ENTRIES = ['lib/index.ts', 'lib/node.ts'];

const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
const program = ts.createProgram(ENTRIES, options);
const checker = program.getTypeChecker();

/** What a symbol is, if it was imported or exported under another name. */
function original(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function exportsOf(entry: string): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
  return checker.getExportsOfModule(module).map(original);
}

/**
 * Visits what a reader of the declaration sees: everything
 * but the bodies of functions and the values of constants.
 */
function visitTypes(node: ts.Node, see: (name: ts.EntityName) => void): void {
  if (ts.isTypeReferenceNode(node)) see(node.typeName);
  if (ts.isTypeQueryNode(node)) return; // typeof x: readable without x
  if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression)) see(node.expression);
  ts.forEachChild(node, (child) => {
    if (!ts.isBlock(child) && !ts.isExpression(child)) visitTypes(child, see);
    if (ts.isExpressionWithTypeArguments(child)) visitTypes(child, see);
  });
}

const isOurs = (file: string) => /^lib\//.test(relative('.', file));
const everything = new Set(ENTRIES.flatMap(exportsOf));

for (const entry of ENTRIES) {
  t.test(entry, async (t) => {
    const missing = new Set<string>();
    for (const symbol of exportsOf(entry)) {
      for (const declaration of symbol.declarations ?? []) {
        visitTypes(declaration, (name) => {
          const named = checker.getSymbolAtLocation(name);
          const type = named && original(named);
          const place = type?.declarations?.[0];
          if (!type || !place || ts.isTypeParameterDeclaration(place) || everything.has(type)) return;
          const file = place.getSourceFile().fileName;
          if (isOurs(file)) missing.add(`${symbol.name}: ${type.name} of ${relative('.', file)}`);
        });
      }
    }
    t.strictSame([...missing], []);
    t.ok(exportsOf(entry).length > 5);
  });
}
