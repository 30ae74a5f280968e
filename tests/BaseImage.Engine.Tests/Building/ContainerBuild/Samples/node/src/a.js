globalThis.greeting = 'hello';
