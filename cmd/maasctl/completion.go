package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

const completionHelp = `Print the script by which a shell completes commands, flags, kinds and files, and,
where maasctl would ask a cluster, the names of what is in it. A cluster that does
not answer within two seconds has no names.

Usage:
  maasctl completion bash|zsh|fish|powershell

Examples:
  source <(maasctl completion bash)      (in this shell)
  maasctl completion bash > /etc/bash_completion.d/maasctl
  maasctl completion zsh > "${fpath[1]}/_maasctl"
  maasctl completion fish > ~/.config/fish/completions/maasctl.fish

kubectl completes what follows kubectl maas by a program on the PATH that is called
kubectl_complete-maas. This one is that as well:
  ln -s "$(command -v maasctl)" ~/.local/bin/kubectl_complete-maas

Exit codes: 0 the script is printed; 2 the command line is wrong.
`

// completionCommand stands for cobra's own, which has a command for each shell.
func completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", Short: "print the script by which a shell completes maasctl", Long: completionHelp,
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs, ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{"write one shell: " + either(shells)}
			}
			return writeCompletion(cmd.Root(), args[0], cmd.OutOrStdout())
		},
	}
}

func writeCompletion(root *cobra.Command, shell string, out io.Writer) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(out, true)
	case "zsh":
		return root.GenZshCompletion(out)
	case "fish":
		return root.GenFishCompletion(out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(out)
	}
	return usageError{fmt.Sprintf("%q is no shell, write bash, zsh, fish or powershell", shell)}
}
