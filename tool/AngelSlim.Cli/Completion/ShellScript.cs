namespace AngelSlim.Cli.Completion;

/// <summary>What a shell has to be told, so that it asks the tool how a word goes on. Everything else is done in <see cref="Completer"/>.</summary>
internal static class ShellScript
{
    /// <summary>Shells that can be told.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script of one of <see cref="Shells"/>.</summary>
    public static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => PowerShell,
        _ => throw new ArgumentOutOfRangeException(nameof(shell), shell, "No such shell."),
    };

    /// <summary>What a shell is told of a word: bash has cut it at <c>=</c> and <c>:</c>, and puts only the last part in.</summary>
    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="current">The word as it is typed.</param>
    /// <param name="candidate">What it can become.</param>
    public static string Spoken(string shell, string current, string candidate) =>
        shell is "bash" ? candidate[(current.LastIndexOfAny(['=', ':']) + 1)..] : candidate;

    private const string Bash = """
        # dotnet angelslim: eval "$(dotnet angelslim completion bash)"
        _angelslim() {
          local line=${COMP_LINE:0:COMP_POINT} command=(dotnet angelslim)
          [[ ${COMP_WORDS[0]} == *dotnet-angelslim ]] && command=("${COMP_WORDS[0]}")
          mapfile -t COMPREPLY < <("${command[@]}" complete bash "$line" 2>/dev/null)
          if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=] ]]; then compopt -o nospace; fi
        }
        _angelslim_dotnet_before=$(complete -p dotnet 2>/dev/null | sed -n 's/.*-F \([^ ]*\) .*/\1/p')
        _angelslim_dotnet() {
          if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[1]} == angelslim ]]; then _angelslim
          elif [[ $_angelslim_dotnet_before && $_angelslim_dotnet_before != _angelslim_dotnet ]]; then "$_angelslim_dotnet_before" "$@"; fi
        }
        complete -F _angelslim dotnet-angelslim
        complete -o default -F _angelslim_dotnet dotnet

        """;

    private const string Zsh = """
        # dotnet angelslim: eval "$(dotnet angelslim completion zsh)", after compinit
        _angelslim() {
          local -a command found
          command=(dotnet angelslim)
          [[ $words[1] == *dotnet-angelslim ]] && command=($words[1])
          found=(${(f)"$($command complete zsh "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
          compadd -S '' -- ${(M)found:#*[/=]}
          compadd -- ${found:#*[/=]}
        }
        typeset -g _angelslim_dotnet_before=${${_comps[dotnet]-}:#_angelslim_dotnet}
        _angelslim_dotnet() {
          if (( CURRENT > 2 )) && [[ $words[2] == angelslim ]]; then _angelslim
          elif [[ -n $_angelslim_dotnet_before ]]; then $_angelslim_dotnet_before "$@"
          else _default; fi
        }
        compdef _angelslim dotnet-angelslim
        compdef _angelslim_dotnet dotnet

        """;

    private const string Fish = """
        # dotnet angelslim: dotnet angelslim completion fish | source
        function __angelslim_complete
          set -l command dotnet angelslim
          set -l words (commandline -opc)
          string match -q '*dotnet-angelslim' -- $words[1]; and set command $words[1]
          $command complete fish (commandline -cp | string collect) 2>/dev/null
        end
        function __angelslim_is_asked
          set -l words (commandline -opc)
          test (count $words) -gt 1; and test "$words[2]" = angelslim
        end
        complete -c dotnet-angelslim -f -a '(__angelslim_complete)'
        complete -c dotnet -n __angelslim_is_asked -f -a '(__angelslim_complete)'

        """;

    private const string PowerShell = """
        # dotnet angelslim: dotnet angelslim completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName dotnet, dotnet-angelslim -ScriptBlock {
          param($word, $ast, $cursor)
          $line = $ast.ToString().PadRight($cursor).Substring(0, $cursor - $ast.Extent.StartOffset)
          $found = if ($line -match '^\S*dotnet-angelslim') { & $ast.CommandElements[0].Value complete pwsh $line }
            elseif ($line -match '^dotnet\s+angelslim\s') { dotnet angelslim complete pwsh $line }
            else { dotnet complete --position $cursor $line }
          $found | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;
}
