using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3029: there are no packages that only machines need.</summary>
internal sealed class MachinePackages : PackageRule
{
    private static readonly HashSet<string> Names = new(
        ["lilo", "syslinux", "extlinux", "efibootmgr", "shim-signed", "dracut", "initramfs-tools", "initramfs-tools-core", "mkinitfs", "linux-firmware", "amd64-microcode", "intel-microcode", "firmware-linux", "acpid", "smartmontools", "mdadm", "lvm2", "cryptsetup", "network-manager", "wpasupplicant", "bluez", "cups", "xserver-xorg", "plymouth", "cloud-init"],
        StringComparer.Ordinal);

    private static readonly string[] Prefixes = ["linux-image-", "linux-modules-", "linux-lts", "linux-virt", "grub-pc", "grub-efi", "grub-common", "firmware-", "grub2-"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3029",
        Title = "No packages that only machines need",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "A container has no kernel, no boot loader, no firmware and no disk of its own. Packages of that kind come along where an image was made from an "
            + "installed machine; they are large, and their flaws fill reports.",
        Remediation = "Make the image from a base image or with mmdebstrap, not from a machine's disk; uninstall the packages.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "There are no packages that only machines need.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package that only machines need is there", "packages that only machines need are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.All.Where(package => package.Kind == "kernel" ? !package.Name.StartsWith("linux-libc", StringComparison.Ordinal) && package.Name is not ("kmod" or "udev") : IsForMachines(package.Name))
            .Select(package => Of(package, "is for machines"));

    private static bool IsForMachines(string name) => Names.Contains(name) || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
