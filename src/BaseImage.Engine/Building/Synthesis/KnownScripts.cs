namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// Scripts that were read and whose effects on a new image are either done here or not needed. Identified by package,
/// name and <see cref="ScriptReview.Identify"/>. From Debian 12 and 13, amd64 and arm64.
/// </summary>
internal static class KnownScripts
{
    private static readonly HashSet<(string Package, string Script, string Sha256)> Reviewed =
    [
        // base-files postinst: BaseFilesScript, UsrMerge.
        ("base-files", "postinst", "40d3b9308c8e180dbb0d8cdf3a2bb4d795b37815807a864e474e84bbc56a2660"),
        ("base-files", "postinst", "9d835f80f3815b5e5f49034027e9126e40d74c725e11cd37d4ae95dc490d209f"),
        ("base-files", "postinst", "c3afcbe1aa12e56b62955e75bbf432f21446c4901e66f19468f68351791b08be"),
        // base-files preinst: checks merged /usr and diverts what is not shipped: nothing to do.
        ("base-files", "preinst", "c6619854af6ee14357e5d81a56f6424a23909170251de2380b1f7caeb1cf2fb7"),
        ("base-files", "preinst", "e593a5b0e3be354a3c0c0c0b5905de242da960e50bc0bb6d8f128247f125088a"),
        // base-passwd postinst: AccountTables.
        ("base-passwd", "postinst", "1cff0ea9b8dd12bcb4f6da505bdbd225c905df423f89f4a1be871667ab40c7c6"),
        ("base-passwd", "postinst", "c372532e5cba8abf8fd60fba244ddb537fef4807ce0624698dafb4d21866710c"),
        // base-passwd preinst: AccountTables.
        ("base-passwd", "preinst", "47f6f8ee55faa32f7ff23337772c05bfcc7c01aa0804e1ffeffd71ebff0e21b9"),
        // bash postinst: BashScript, Alternatives.
        ("bash", "postinst", "6145ad1de77615d2b46b1c0bc136358a76c9cadefb5101743b590d86645de046"),
        // ca-certificates postinst: CertificateBundle.
        ("ca-certificates", "postinst", "bbad2df5d3c5e3d787789275830bc5b597fe6e9218a99516947a079dcae9e262"),
        // dash postinst: diversions of /bin/sh on upgrades; the link itself is shipped.
        ("dash", "postinst", "d645a064ae691492fc35446181ece920c75ef0e0b179bc8ba0ffccefb632ec9d"),
        ("dash", "postinst", "f33ccd3552732dc70098402effbf462dde099b093d2c1d609999c90a20ea0554"),
        // dash preinst: upgrades only.
        ("dash", "preinst", "07dfa54d9a3f59a86e1e04705ceaa2596a05fc00a08bb964792dc8e8dc517108"),
        // debconf postinst: debconf only serves scripts.
        ("debconf", "postinst", "5a2e9dd3174db7116b8baca7479df372bc898a04cf9136ebefca3c98de959f3c"),
        ("debconf", "postinst", "a68350a8b685d1389704e246bcd25b25efaadda846d188ec4cd2ef7870636c10"),
        // debianutils postinst: LoginShells, Alternatives.
        ("debianutils", "postinst", "a29569bd90a26a6eb8338afefbd7772b9dec3200379896a3d2d523fcc7a134d8"),
        ("debianutils", "postinst", "d15926d4a2130c02b368e2a609fbeb563455355e717007937e36893f88668eff"),
        // libc-bin postinst: NameServices; no linker cache (Synthesizer).
        ("libc-bin", "postinst", "3daa7e3ffd429c1d77287f0fc840a490a607697906d2303452f70578647ce0d4"),
        // libc6 postinst: restarts services on upgrades.
        ("libc6", "postinst", "457325703e976358f35bfe835e019ebcdd2ed168f1f921e2509d4dbf225ac96c"),
        ("libc6", "postinst", "ff2a3a7a0e74ceac331ca5ad22e7ef57c974a7b891a9b1e7f3def4377ec6f1b5"),
        // libc6 preinst: checks the kernel; the loader's link is made by UsrMerge.
        ("libc6", "preinst", "3db894ad8bf11f5a4a891763c66d89c85268e83204c2814f34bf54bfb250558f"),
        ("libc6", "preinst", "47f047126448416b1f94d48a9bb9c26d39b7806c3a1aedbd3f24ccbc64b45eb6"),
        ("libc6", "preinst", "77692462251006a8b8161b442c5b0b75b9580d70fd3d85c066a5c9a412c1ce9b"),
        ("libc6", "preinst", "964a417b9c330f80213fe8aebb1f44eaea307203962aecb0de493742583bb454"),
        // libpython3.11-minimal postinst: prints a remark.
        ("libpython3.11-minimal", "postinst", "49895d2f40f31bc9e3fe538e2c1d5470c186168bd4c5e14f70724bef192cca26"),
        // libpython3.13-minimal postinst: prints a remark.
        ("libpython3.13-minimal", "postinst", "5a64ba566896edb9350037136a5d2bd7c811e415f98862cb0a0820451127c2f2"),
        // libreadline8t64 preinst: diversions for systems that were not merged; files stay where they are.
        ("libreadline8t64", "preinst", "3e80595cce09408210cd772572b7ebcfba3d04f21a882bd6863b9eac27eba75b"),
        ("libreadline8t64", "preinst", "fea700302799cebcee124ff0b506f9dd261c19fe0284adeea681ec5d8cbed631"),
        // libselinux1 postinst: upgrades, and a directory below /run.
        ("libselinux1", "postinst", "684ee968c17cb4da879374525276eb170f0c0d74888ff80d32d94a21dd9af92e"),
        // mawk postinst: Alternatives.
        ("mawk", "postinst", "2362a6454fefafe2726904eebb5b152368b3ee06b9e39059a4b6842522da2929"),
        // netbase postinst: NameServices.
        ("netbase", "postinst", "2fb18184147db995d30a311938458ff14e20382bc97635ccac62512d54d4bad8"),
        ("netbase", "postinst", "f1f034ca93a9e934b934239acb18d12904d1a20c5b5dd74730af30dbd480585c"),
        // nodejs postinst: Alternatives.
        ("nodejs", "postinst", "5e2a3cf707727760958c6fbb1b66eeaedb442d8aba170a436691fe6d5ab3a261"),
        // openssl postinst: links /usr/lib/ssl where it is missing; it is shipped.
        ("openssl", "postinst", "625ae8f649ec61f00e1ab53568a84f85f964f10fdbd9f25b800cc229205d1714"),
        // python3 postinst: compiles modules, and a file for what compiles them: nothing to do.
        ("python3", "postinst", "87ec3ad2227c3f02ec41e1908bb9c88bfc8a6825ae5b392c6359188331e8eb0d"),
        ("python3", "postinst", "a89247254f9dbeb68d5e7afc179e417b5e02e27201d12eb162d79a68e448f554"),
        // python3 preinst: upgrades only.
        ("python3", "preinst", "5ef8d9e6e33c1034202a2fdde074f425513255441677b87693dee1ea91d8472a"),
        ("python3", "preinst", "e96541f254e7fb72f988d435af2a8626a25b752c441c8410233964ea3214b72d"),
        // python3-minimal postinst: compiles modules: nothing to do.
        ("python3-minimal", "postinst", "be10656c9edf975f5dfe48fe5819172e905e14dcd4ff372af5d8b45b26168edd"),
        // python3.11 postinst: compiles modules: nothing to do.
        ("python3.11", "postinst", "95e847a43febe61283f83ff5bbb297238b2779a5d636a8e210d32c0a00f349fc"),
        ("python3.11", "postinst", "cdbe0f845b45b3bd918fcf20fb690a8bac89d9d509614142842dc1f29bbc72e4"),
        // python3.11-minimal postinst: PythonScript.
        ("python3.11-minimal", "postinst", "127a7b2ca76acfa98783f40629a7d9c15be5e3ca17174ff609f75d66072d9c6e"),
        ("python3.11-minimal", "postinst", "cf68b3dfd95ae856cf8156aa20d32a97c80e3cf462258b8b2bec93e2a04a2892"),
        // python3.11-minimal preinst: remembers that hooks are to be run: nothing to do.
        ("python3.11-minimal", "preinst", "1386bf0fc62ec2c87fb0435bfb8d84856247f1623e1ef9a7c01c459a46017008"),
        // python3.13 postinst: compiles modules: nothing to do.
        ("python3.13", "postinst", "64e214f60ab37db4660c1aaa434a779b86ecef293fcf93308026209199a4c312"),
        ("python3.13", "postinst", "aa141d83b50d64e7c950e6f8923c68b29f44dd8b48118c5d009ecee6eae13f7c"),
        // python3.13-minimal postinst: PythonScript.
        ("python3.13-minimal", "postinst", "3f75bf9bd8745b4d9d3a84af4647a5d9229214ab9fd8ec8e5a8dbf1a87acf3fd"),
        ("python3.13-minimal", "postinst", "889fccd49312f43c74e44f01bd751aa9282894934d5a61bb4f387f79a486ff9d"),
        // python3.13-minimal preinst: remembers that hooks are to be run: nothing to do.
        ("python3.13-minimal", "preinst", "7da899fb7aaf449eca6ea89eb41aef9bf9ee05a31d5db5716b8412ccca4126fa"),
        // tar postinst: Alternatives.
        ("tar", "postinst", "4eed7466e8f44c6b480002d80becc0d998c462b759c0118e285170a93f4b3dca"),
        // tzdata postinst: TimeZones.
        ("tzdata", "postinst", "453d3885f75d5e8447fb5ce82a0240438b3a761714afabefe9b569b6eee98a2c"),
        ("tzdata", "postinst", "555ed6cfc95b70d0e209ffcbfbcef31670cf50bea5e9ff686f6f9c456acb0f46"),
        // tzdata preinst: upgrades only.
        ("tzdata", "preinst", "1dcd6e8b19b07dca4f0437443650a4b538e69cdcaa4e3175fdc820a9e87fd938"),
    ];

    /// <summary>True where the script was reviewed.</summary>
    public static bool Contains(string package, string script, Digest digest) => Reviewed.Contains((package, script, digest.Hex));
}
