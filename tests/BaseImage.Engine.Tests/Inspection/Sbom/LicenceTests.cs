using System.Text;
using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Storage;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Inspection.Sbom;

public sealed class LicenceTests
{
    private const string Format = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: ";
    private const string Expat = " Permission is hereby granted, free of charge, to any person obtaining\n a copy of this software and associated documentation files (the\n \"Software\"), to deal in the Software without restriction, including\n without limitation the rights to use, copy, modify, merge, publish,\n distribute, sublicense, and/or sell copies of the Software\n .\n THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND\n";

    [Theory]
    [InlineData("mit", "MIT")]
    [InlineData("(MIT)", "MIT")]
    [InlineData("MIT or Apache-2.0", "MIT OR Apache-2.0")]
    [InlineData("(MIT OR ISC) AND BSD-3-Clause", "(MIT OR ISC) AND BSD-3-Clause")]
    [InlineData("MIT OR (ISC AND 0BSD)", "MIT OR ISC AND 0BSD")]
    [InlineData("GPL-2.0+ WITH classpath-exception-2.0", "GPL-2.0+ WITH Classpath-exception-2.0")]
    [InlineData("Apache-2.0+", "Apache-2.0+")]
    [InlineData("", null)]
    [InlineData("MIT OR", null)]
    [InlineData("MIT ISC", null)]
    [InlineData("(MIT", null)]
    [InlineData("MIT)", null)]
    [InlineData("LicenseRef-mine", null)]
    [InlineData("MIT WITH nothing", null)]
    [InlineData("Apache 2.0", null)]
    public void ExpressionsAreReadToTheLetter(string text, string? expected) => Assert.Equal(expected, LicenceExpression.Normalise(text));

    [Fact]
    public void DeepExpressionsAreNone()
    {
        Assert.Null(LicenceExpression.Normalise(new string('(', 500) + "MIT" + new string(')', 500)));
        Assert.NotNull(LicenceExpression.Normalise("((((MIT))))"));
    }

    [Theory]
    [InlineData("GPL-2+", "GPL-2.0-or-later")]
    [InlineData("GPL-2.0+", "GPL-2.0-or-later")]
    [InlineData("LGPL-2.1", "LGPL-2.1-only")]
    [InlineData("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later")]
    [InlineData("Expat", "MIT")]
    [InlineData("GPL-2+ and Expat or BSD-3-clause", "(GPL-2.0-or-later AND MIT) OR BSD-3-Clause")]
    [InlineData("GPL-2+ or ISC, and Expat", "(GPL-2.0-or-later OR ISC) AND MIT")]
    [InlineData("Expat, ISC and Zlib", "MIT AND ISC AND Zlib")]
    [InlineData("Expat, ISC or Zlib", "MIT OR ISC OR Zlib")]
    public void ShortNamesThatAreCertainAreExpressions(string synopsis, string expected)
    {
        LicenceClaim claim = CopyrightFile.Read(Encoding.UTF8.GetBytes(Format + synopsis + "\n"), "/c", "p");
        Assert.Equal((expected, 0), (claim.Expression, claim.Extracted.Count));
    }

    [Theory]
    [InlineData("MIT")]
    [InlineData("Artistic")]
    [InlineData("public-domain")]
    [InlineData("GPL-2+ with OpenSSL exception")]
    [InlineData("GPL")]
    [InlineData("GPL-9")]
    [InlineData("Expat, and ISC, or Zlib")]
    public void WhatIsNotCertainKeepsItsTextUnderANameOfItsOwn(string synopsis)
    {
        LicenceClaim claim = CopyrightFile.Read(Encoding.UTF8.GetBytes($"{Format}{synopsis}\n\nLicense: {synopsis}\n one\n .\n two\n"), "/c", "p");
        ExtractedLicence own = Assert.Single(claim.Extracted);
        Assert.Equal((own.Id, "one\n\ntwo", synopsis), (claim.Expression, own.Text, own.Name));
        Assert.Matches("^LicenseRef-[A-Za-z0-9.-]+-[0-9a-f]{12}$", own.Id);
    }

    [Fact]
    public void MitIsMitWhereItsTextSaysSo() => Assert.Equal("MIT", CopyrightFile.Read(Encoding.UTF8.GetBytes($"{Format}MIT\n\nLicense: MIT\n{Expat}"), "/c", "p").Expression);

    [Fact]
    public void ProseIsOneLicenceWithAllThatItSays()
    {
        LicenceClaim claim = CopyrightFile.Read("This is the Debian package.\n\tCopyright (C) me\u001b[31m\n"u8.ToArray(), "/c", "hello");
        Assert.Equal("This is the Debian package.\n    Copyright (C) me\\x1b[31m", Assert.Single(claim.Extracted).Text);
        Assert.StartsWith("LicenseRef-hello-", claim.Expression, StringComparison.Ordinal);
        Assert.Equal(LicenceClaim.None, CopyrightFile.Read(default, "/c", "hello"));
    }

    [Fact]
    public async Task EveryIdentifierIsOneThatCycloneDxKnows()
    {
        byte[] schema = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Inspection", "Sbom", "Schemas", "spdx.schema.json"), TestContext.Current.CancellationToken);
        string[] known = [.. StrictJson.ParseObject(schema, "schema")["enum"]!.Select(id => (string)id!)];
        Assert.All(known, id => Assert.Equal(id, LicenceList.Licence(id) ?? LicenceList.Exception(id)));
        Assert.True(known.Length > 800);
    }

    [Theory]
    [InlineData("GNU Libc Maintainers <debian-glibc@lists.debian.org>", "Organization: GNU Libc Maintainers (debian-glibc@lists.debian.org)")]
    [InlineData("Jo Doe <jo@example.org>", "Person: Jo Doe (jo@example.org)")]
    [InlineData("jo@example.org", "Person: jo@example.org (jo@example.org)")]
    [InlineData("Jo (the one) Doe <no address>", "Person: Jo [the one] Doe")]
    [InlineData("", "NOASSERTION")]
    public void MaintainersAreTakenApart(string text, string expected) => Assert.Equal(expected, Supplier.Parse(text).ToSpdx());

    [Fact]
    public void WhateverACopyrightFileSaysIsAnExpressionOfWhatIsThere()
    {
        Gen<string> words = Gen.Elements(Format, "License: ", "\n\n", "\n ", " and ", " or ", ", ", ", and ", "GPL-2+", "MIT", "Expat", "(", ")", "\u0000", "é", ".", "Files: *\n", "with x exception", "\t", "#");
        Prop.ForAll(words.ListOf().Select(list => string.Concat(list)).ToArbitrary(), text =>
        {
            LicenceClaim claim = CopyrightFile.Read(Encoding.UTF8.GetBytes(text), "/c", "p");
            string[] named = [.. claim.Expression.Split([' ', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("AND" or "OR"))];
            Assert.All(named, word => Assert.True(LicenceList.Licence(word) == word || claim.Extracted.Any(own => own.Id == word), claim.Expression));
            Assert.All(claim.Extracted, own => Assert.True(named.Contains(own.Id) && own.Text.Length > 0 && own.Name.Length > 0));
            Assert.DoesNotContain(claim.Extracted, own => (own.Name + own.Text).Any(c => char.IsControl(c) && c != '\n'));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }
}
