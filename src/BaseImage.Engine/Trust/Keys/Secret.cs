using System.Runtime.InteropServices;
using System.Security;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>A password's characters for as long as a call needs them; they are overwritten afterwards, and never a string.</summary>
internal sealed class Secret : IDisposable
{
    private readonly char[] _characters;

    private Secret(char[] characters) => _characters = characters;

    /// <summary>Its characters.</summary>
    internal ReadOnlySpan<char> Characters => _characters;

    /// <summary>A password's; none for null.</summary>
    internal static Secret Of(SecureString? password)
    {
        if (password is null || password.Length == 0)
        {
            return new Secret([]);
        }

        // Pinned, so that the collector leaves no copy behind.
        char[] characters = GC.AllocateUninitializedArray<char>(password.Length, pinned: true);
        IntPtr memory = Marshal.SecureStringToGlobalAllocUnicode(password);
        try
        {
            Marshal.Copy(memory, characters, 0, characters.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
        }

        return new Secret(characters);
    }

    /// <inheritdoc/>
    public void Dispose() => _characters.AsSpan().Clear();
}
