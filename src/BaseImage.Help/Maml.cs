using System.Globalization;
using System.Management.Automation;
using System.Xml.Linq;

namespace BaseImage.Help;

/// <summary>Writes MAML, the format that Get-Help reads. Source: the files that PowerShell ships with its own cmdlets.</summary>
internal static class Maml
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace M = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace C = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace D = "http://schemas.microsoft.com/maml/dev/2004/10";

    internal static void Write(string file, IEnumerable<CmdletDescription> cmdlets, IReadOnlyDictionary<string, HelpSource> sources)
    {
        XElement root = new(Msh + "helpItems", new XAttribute("schema", "maml"));
        foreach (CmdletDescription cmdlet in cmdlets)
        {
            root.Add(Command(cmdlet, sources[cmdlet.Name]));
        }

        new XDocument(new XDeclaration("1.0", "utf-8", null), root).Save(file);
    }

    private static XElement Command(CmdletDescription cmdlet, HelpSource source)
    {
        string[] parts = cmdlet.Name.Split('-', 2);
        return new XElement(
            C + "command",
            new XAttribute(XNamespace.Xmlns + "maml", M),
            new XAttribute(XNamespace.Xmlns + "command", C),
            new XAttribute(XNamespace.Xmlns + "dev", D),
            new XElement(C + "details", new XElement(C + "name", cmdlet.Name), Description(source.Synopsis), new XElement(C + "verb", parts[0]), new XElement(C + "noun", parts[1])),
            Description([.. source.Description]),
            new XElement(C + "syntax", cmdlet.Sets.Select(set => Syntax(cmdlet, set))),
            new XElement(C + "parameters", cmdlet.Parameters.Select(parameter => Parameter(parameter, parameter.Sets.Values.First()))),
            new XElement(C + "inputTypes", Inputs(cmdlet).Select(type => new XElement(C + "inputType", TypeName(type)))),
            new XElement(C + "returnValues", cmdlet.Outputs.Select(type => new XElement(C + "returnValue", TypeName(type)))),
            new XElement(C + "examples", source.Examples.Select(Example)),
            new XElement(C + "relatedLinks", source.SeeAlso.Select(link => new XElement(M + "navigationLink", new XElement(M + "linkText", link), new XElement(M + "uri")))));
    }

    private static XElement Syntax(CmdletDescription cmdlet, string set)
    {
        var own = from parameter in cmdlet.Parameters
                  let facts = parameter.In(set)
                  where facts is not null
                  orderby facts.Position == int.MinValue ? int.MaxValue : facts.Position, facts.IsMandatory ? 0 : 1, parameter.Name
                  select Parameter(parameter, facts);
        return new XElement(C + "syntaxItem", new XElement(M + "name", cmdlet.Name), own);
    }

    private static XElement Parameter(ParameterDescription parameter, ParameterSetMetadata facts)
    {
        string pipeline = (facts.ValueFromPipeline, facts.ValueFromPipelineByPropertyName) switch
        {
            (true, true) => "True (ByValue, ByPropertyName)",
            (true, false) => "True (ByValue)",
            (false, true) => "True (ByPropertyName)",
            _ => "False",
        };
        XElement element = new(
            C + "parameter",
            new XAttribute("required", facts.IsMandatory ? "true" : "false"),
            new XAttribute("variableLength", parameter.Type.IsArray ? "true" : "false"),
            new XAttribute("globbing", parameter.Text.Contains("wildcard", StringComparison.Ordinal) ? "true" : "false"),
            new XAttribute("pipelineInput", pipeline),
            new XAttribute("position", facts.Position == int.MinValue ? "named" : facts.Position.ToString(CultureInfo.InvariantCulture)),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(M + "name", parameter.Name),
            Description(parameter.Text));
        if (parameter.Type != typeof(SwitchParameter))
        {
            element.Add(new XElement(C + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", parameter.Type.IsArray ? "true" : "false"), Short(parameter.Type)));
            Type bare = Bare(parameter.Type);
            if (bare.IsEnum)
            {
                element.Add(new XElement(C + "parameterValueGroup", Enum.GetNames(bare).Select(name => new XElement(C + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), name))));
            }
        }

        element.Add(TypeName(parameter.Type));
        return element;
    }

    private static XElement Example(HelpExample example, int index) => new(
        C + "example",
        new XElement(M + "title", $"Example {index + 1}: {example.Title}"),
        new XElement(M + "introduction", new XElement(M + "para", "")),
        new XElement(D + "code", example.Code),
        new XElement(D + "remarks", new XElement(M + "para", example.Remarks)));

    private static IEnumerable<Type> Inputs(CmdletDescription cmdlet) => cmdlet.Parameters
        .Where(parameter => parameter.Sets.Values.Any(set => set.ValueFromPipeline))
        .Select(parameter => Bare(parameter.Type))
        .Distinct();

    private static XElement Description(params string[] paragraphs) => new(M + "description", paragraphs.Select(paragraph => new XElement(M + "para", paragraph)));

    private static XElement TypeName(Type type) => new(D + "type", new XElement(M + "name", Bare(type).FullName + (type.IsArray ? "[]" : "")), new XElement(M + "uri"));

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type.IsArray ? type.GetElementType()! : type) ?? (type.IsArray ? type.GetElementType()! : type);

    private static string Short(Type type) => Bare(type).Name + (type.IsArray ? "[]" : "");
}
