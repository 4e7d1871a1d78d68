// The few functions of koffi that socket-calls.ts uses: the package is optional, and where it is not
// installed its own types are missing too.
declare module 'koffi' {
  interface Library {
    /** Of the type that the C declaration says. */
    func(declaration: string): (...parameters: readonly unknown[]) => number;
  }
  /** Without a path, the functions of the program itself, and with them those of the C library. */
  function load(path: null): Library;
  /** Of the call that was made last. */
  function errno(): number;
}
