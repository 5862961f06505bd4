export declare const nodeVersions: Readonly<Record<20 | 22 | 24 | 26, string>>
export declare function nodeProgram(major: keyof typeof nodeVersions): Promise<string>
