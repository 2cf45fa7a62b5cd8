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
