namespace BaseImage.Core.Tests.Packages;

/// <summary>Makes valid Debian versions that sit close to each other, where orders go wrong.</summary>
internal sealed class VersionGenerator(int seed)
{
    private static readonly string[] Pieces =
    [
        "0", "1", "2", "9", "00", "01", "10", "007", "18446744073709551616", "18446744073709551617",
        "a", "b", "z", "A", "Z", "rc", "alpha", ".", "+", "~", "~~", ".~", "+b1", "+deb12u1", "~deb12u1", "~bpo12+1",
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        string epoch = _random.Next(6) switch { 0 => "0:", 1 => "1:", 2 => "2147483647:", _ => "" };
        string upstream = _random.Next(10).ToString(System.Globalization.CultureInfo.InvariantCulture) + Run(6);
        if (epoch.Length > 0 && _random.Next(4) == 0)
        {
            upstream += ":" + Run(2);
        }

        string revision = "";
        if (_random.Next(3) > 0)
        {
            upstream += _random.Next(5) == 0 ? "-" + Run(2) : "";
            revision = "-" + Pieces[_random.Next(Pieces.Length)] + Run(2);
        }

        return epoch + upstream + revision;
    }

    /// <summary>Half of the pairs are unrelated; the other half differ in one place, often in nothing that counts.</summary>
    public (string Left, string Right) NextPair()
    {
        string left = Next();
        if (_random.Next(2) == 0)
        {
            return (left, Next());
        }

        for (int attempt = 0; attempt < 20; attempt++)
        {
            string right = Change(left);
            if (PackageVersion.TryParse(right, out _))
            {
                return (left, right);
            }
        }

        return (left, Next());
    }

    private string Change(string text)
    {
        int at = _random.Next(text.Length + 1);
        return _random.Next(6) switch
        {
            0 when at < text.Length => text.Remove(at, 1),
            1 => text + "-0",
            2 => text.Insert(at, "0"),
            3 when !text.Contains(':', StringComparison.Ordinal) => "0:" + text,
            4 => text + "~",
            _ => text.Insert(at, Pieces[_random.Next(Pieces.Length)]),
        };
    }

    private string Run(int most) => string.Concat(Enumerable.Range(0, _random.Next(most)).Select(_ => Pieces[_random.Next(Pieces.Length)]));
}
