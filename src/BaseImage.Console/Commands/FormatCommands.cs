using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace BaseImage.Terminal.Commands;

/// <summary>Format-Table: the engine has all of it but the class that names it.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    /// <summary>Makes the cmdlet.</summary>
    public FormatTableCommand() => FormatShapes.Give(this, "Table");
}

/// <summary>Format-List: the engine has all of it but the class that names it.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    /// <summary>Makes the cmdlet.</summary>
    public FormatListCommand() => FormatShapes.Give(this, "List");
}

/// <summary>Reaches the engine's formatter. Its version is pinned, and a test prints a table and a list.</summary>
internal static class FormatShapes
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    internal static void Give(FrontEndCommandBase command, string shape)
    {
        Assembly engine = typeof(FrontEndCommandBase).Assembly;
        Type implementation = engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.InnerFormatShapeCommand", throwOnError: true)!;
        Type shapes = engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.FormatShape", throwOnError: true)!;
        ConstructorInfo constructor = implementation.GetConstructor(Any, [shapes])!;
        typeof(FrontEndCommandBase).GetField("implementation", Any)!.SetValue(command, constructor.Invoke([Enum.Parse(shapes, shape)]));
    }
}
