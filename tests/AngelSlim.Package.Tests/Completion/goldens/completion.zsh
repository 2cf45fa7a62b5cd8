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
