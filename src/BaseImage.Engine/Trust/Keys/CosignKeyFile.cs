using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>
/// Opens the private keys that <c>cosign generate-key-pair</c> writes: JSON with scrypt's parameters and a secretbox
/// (XSalsa20, Poly1305) around PKCS#8. Source: go-securesystemslib, encrypted.
/// </summary>
internal static class CosignKeyFile
{
    private const int MacLength = 16;

    /// <summary>The PKCS#8 inside, which the caller overwrites.</summary>
    /// <exception cref="KeyPasswordInvalidException">The password does not open it.</exception>
    /// <exception cref="KeyInvalidException">It is not such a file.</exception>
    internal static byte[] Decrypt(byte[] json, string name, Secret password, bool hasPassword)
    {
        JsonFields root, scrypt;
        byte[] salt, nonce, sealedKey;
        try
        {
            root = new JsonFields(StrictJson.ParseObject(json, name, new JsonLimits { MaxBytes = 1 << 16, MaxDepth = 8, MaxValues = 100 }), name);
            JsonFields derivation = root.RequiredObject("kdf"), cipher = root.RequiredObject("cipher");
            scrypt = derivation.RequiredObject("params");
            if (derivation.Text("name") != "scrypt" || cipher.Text("name") != "nacl/secretbox")
            {
                throw new KeyNotSupportedException(name, $"a private key protected by {derivation.Text("name")} and {cipher.Text("name")}");
            }

            (salt, nonce, sealedKey) = (Bytes(derivation, "salt", name), Bytes(cipher, "nonce", name), Bytes(root, "ciphertext", name));
        }
        catch (Exception e) when (e is JsonInvalidException or ImageDocumentInvalidException)
        {
            throw new KeyInvalidException(name, "has a private key of cosign's that cannot be read", e);
        }

        // cosign's own numbers are N=65536 (older 32768), r=8, p=1. Larger ones would have this process work for a stranger.
        long n = scrypt.Number("N"), r = scrypt.Number("r"), p = scrypt.Number("p");
        if (n is < 2 or > 1 << 20 || (n & (n - 1)) != 0 || r is < 1 or > 16 || p is < 1 or > 16 || nonce.Length != 24 || sealedKey.Length <= MacLength || salt.Length is 0 or > 1024)
        {
            throw new KeyInvalidException(name, "has a private key of cosign's with parameters that are not sane");
        }

        byte[] secret = Encoding.UTF8.GetBytes(password.Characters.ToArray());
        byte[] key = SCrypt.Generate(secret, salt, (int)n, (int)r, (int)p, 32);
        try
        {
            return Open(key, nonce, sealedKey) ?? throw new KeyPasswordInvalidException(name, hasPassword);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[]? Open(byte[] key, byte[] nonce, byte[] sealedKey)
    {
        XSalsa20Engine cipher = new();
        cipher.Init(false, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] authentication = new byte[32];
        cipher.ProcessBytes(authentication, authentication);

        Poly1305 mac = new();
        mac.Init(new KeyParameter(authentication));
        mac.BlockUpdate(sealedKey, MacLength, sealedKey.Length - MacLength);
        byte[] expected = new byte[MacLength];
        mac.DoFinal(expected, 0);
        if (!CryptographicOperations.FixedTimeEquals(expected, sealedKey.AsSpan(0, MacLength)))
        {
            return null;
        }

        byte[] opened = new byte[sealedKey.Length - MacLength];
        cipher.ProcessBytes(sealedKey.AsSpan(MacLength), opened);
        return opened;
    }

    private static byte[] Bytes(JsonFields fields, string key, string name)
        => StrictBase64.TryDecode(fields.RequiredText(key), out byte[] bytes) ? bytes : throw new KeyInvalidException(name, $"has a '{key}' that is not Base64");
}
