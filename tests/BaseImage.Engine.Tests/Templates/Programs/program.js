const { createHash, X509Certificate } = require('crypto');
const fs = require('fs');
const zlib = require('zlib');
console.log(`user ${process.getuid()}:${process.getgid()}`);
console.log(`casing ${'istanbul'.toLocaleUpperCase('tr-TR')}`);
console.log(`zone ${new Date(Date.UTC(2024, 6, 1, 12)).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' })}`);
console.log(`hash ${createHash('sha256').update('abc').digest('hex').slice(0, 16)}`);
console.log(`packed ${zlib.brotliDecompressSync(zlib.brotliCompressSync('a'.repeat(999))).length}`);
console.log(`fetch ${typeof fetch}`);
console.log(`tls ${require('tls').getCiphers().length > 10}`);
try { fs.writeFileSync('/written', ''); console.log('root writable'); } catch (e) { console.log('root read-only'); }
try { require.resolve('npm'); console.log('npm there'); } catch (e) { console.log('npm none'); }
