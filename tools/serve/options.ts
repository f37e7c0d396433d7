/** The value of `--name VALUE` or `--name=VALUE`, if given. */
export function option(args: readonly string[], name: string): string | undefined {
  const place = args.indexOf(`--${name}`);
  if (place >= 0) return args[place + 1];
  return args.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}
