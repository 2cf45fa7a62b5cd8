using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas;

namespace AngelSlim.Core.Reporting;

/// <summary>What a new manifest is to say.</summary>
/// <param name="Target">A folder, from the current one, or a hub id; null for the built-in target.</param>
/// <param name="Data">Files of conversations, from the current folder; none: those that the built-in target comes with.</param>
/// <param name="Name">Of the experiment; null to take it from the file's name.</param>
internal sealed record NewManifestRequest(string? Target, IReadOnlyList<string> Data, string? Name);

/// <summary>Writes a commented manifest to start from, and beside it what it needs: the schema for editors, and rows for the built-in target.</summary>
/// <param name="path">Where to; nothing may be there.</param>
/// <param name="surroundings">Where the built-in target lies.</param>
internal sealed class NewManifest(string path, Surroundings surroundings)
{
    private const string Builtin = "tiny-text";
    private const string DataFolder = "data";
    private const string Schema = "experiment.schema.json";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
    private readonly List<string> _written = [];

    /// <summary>Writes all of it, or nothing: a manifest that is not valid does not stay.</summary>
    /// <returns>What was written, the manifest first; what was there already is left as it is.</returns>
    /// <exception cref="UserException">There is a file already, or what was asked for makes no valid manifest.</exception>
    public IReadOnlyList<string> Write(NewManifestRequest request)
    {
        if (Path.Exists(path))
        {
            throw new UserException(ProblemCode.Usage, $"{path} is there already; name another file.");
        }

        if (request is { Target: not null, Data.Count: 0 })
        {
            throw new UserException(ProblemCode.Usage, "--target needs --data: JSONL conversations, best with answers of that model.");
        }

        Directory.CreateDirectory(_folder);
        var isWhole = false;
        try
        {
            Write(path, Encoding.UTF8.GetBytes(Text(request)));
            WriteUnlessThere(Path.Combine(_folder, Schema), ManifestSchema.Bytes);
            ExperimentReader.Read(path, surroundings);
            isWhole = true;
            return _written;
        }
        catch (UserException failure)
        {
            // The places are those of a file that does not stay.
            throw new UserException([.. failure.Problems.Select(problem => problem with { Place = null })]);
        }
        finally
        {
            if (!isWhole)
            {
                _written.ForEach(File.Delete);
            }
        }
    }

    private string Text(NewManifestRequest request)
    {
        var isOwn = request.Data.Count > 0;
        string[] train = isOwn ? [.. request.Data.Select(FromHere)] : [Copied("train.jsonl")];
        string[] prompts = isOwn ? [] : [Copied("prompts.jsonl")];
        return TextTemplate.Fill("new/experiment.json.scriban", new Dictionary<string, object?>
        {
            ["file"] = Shown.Plain(Path.GetFileName(path) is var file && file.Contains(' ', StringComparison.Ordinal) ? $"'{file}'" : file),
            ["name"] = Json(request.Name ?? NameOf(Path.GetFileNameWithoutExtension(path))),
            ["target"] = request.Target is { } target ? $"\"model\": {Json(Directory.Exists(target) ? FromHere(target) : target)}" : $"\"builtin\": {Json(Builtin)}",
            ["train"] = Json(train),
            ["prompts"] = prompts.Length > 0 ? Json(prompts) : null,
            ["steps"] = isOwn ? 1000 : 1300,
        });
    }

    /// <summary>A path of the current folder as the manifest has it.</summary>
    private string FromHere(string name) => Path.GetRelativePath(_folder, Path.GetFullPath(name)).Replace('\\', '/');

    /// <summary>Rows that the built-in target comes with, beside the manifest, where they can be read and replaced.</summary>
    private string Copied(string name)
    {
        var source = Path.Combine(surroundings.BuiltinFolder, Builtin, name);
        Directory.CreateDirectory(Path.Combine(_folder, DataFolder));
        WriteUnlessThere(Path.Combine(_folder, DataFolder, $"{Builtin}-{name}"), () => File.ReadAllBytes(source));
        return $"{DataFolder}/{Builtin}-{name}";
    }

    private void WriteUnlessThere(string file, Func<byte[]> content)
    {
        if (!File.Exists(file))
        {
            Write(file, content());
        }
    }

    private void Write(string file, byte[] content)
    {
        using var stream = new FileStream(file, FileMode.CreateNew);
        if (file == path)
        {
            _written.Insert(0, file);
        }
        else
        {
            _written.Add(file);
        }

        stream.Write(content);
    }

    /// <summary>Letters, digits, dot, dash and underscore; all else becomes a dash.</summary>
    private static string NameOf(string file)
    {
        var name = string.Concat(file.Take(100).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '-')).TrimStart('.', '-', '_');
        return name.Length > 0 ? name : "experiment";
    }

    private static string Json(object value) => JsonSerializer.Serialize(value, Plain);
}
