using System.Runtime.CompilerServices;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>
/// The only place that names a type of the engine, and only inside a method: a field, property or signature would make
/// PowerShell's scan of this assembly load the engine before the module's load context is there to answer.
/// </summary>
internal static class EngineFactory
{
    private static readonly Lazy<IBaseImageEngine> Shared = new(Create);

    /// <summary>The session's engine, made when first asked for.</summary>
    internal static IBaseImageEngine Engine => Shared.Value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IBaseImageEngine Create() => BaseImage.Engine.BaseImageEngine.Create(new Data.PowerShellDataFile());
}
