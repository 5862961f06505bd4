export declare class NotInstalled extends Error {}
export declare function installed(
  name: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<string>
