/** What a command did; undefined where there is no such command. */
export type RunCommand = (
  command: readonly string[],
) => { readonly failed: boolean; readonly output: string } | undefined;

export interface CompileReport {
  /** Such as `az bicep`; undefined where there is no compiler. */
  readonly compiler: string | undefined;
  readonly problems: readonly string[];
}

/** Has the Bicep CLI build every file, which lints it as well. A warning counts as a problem. */
export function compileAll(
  templates: readonly string[],
  parameterFiles: readonly string[],
  run: RunCommand,
): CompileReport {
  const compiler = [
    { command: ['bicep'], version: '--version', file: [] },
    { command: ['az', 'bicep'], version: 'version', file: ['--file'] },
  ].find(({ command, version }) => run([...command, version])?.failed === false);
  if (compiler === undefined) return { compiler: undefined, problems: [] };
  const { command, file } = compiler;
  const builds = [
    ...templates.map((path) => [...command, 'build', ...file, path, '--stdout']),
    ...parameterFiles.map((path) => [...command, 'build-params', ...file, path, '--stdout']),
  ];
  const problems = builds.flatMap((build) => {
    const { failed, output } = run(build) ?? { failed: true, output: `${build.join(' ')}: not started` };
    const lines = output.split('\n').filter((line) => / : (Error|Warning) /.test(line));
    return failed && lines.length === 0 ? [output.trim()] : lines;
  });
  return { compiler: command.join(' '), problems: [...new Set(problems)] };
}
