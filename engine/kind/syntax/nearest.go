package syntax

import "strings"

// maxWord is how many bytes a word may have that is compared letter by letter.
const maxWord = 256

// Nearest is the word that was probably meant: one that differs in letter case
// only, or by two letters or a third of them; empty when there is none.
func Nearest(word string, words []string) string {
	if len(word) > maxWord {
		return ""
	}
	best, distance := "", max(3, len(word)/3+1)
	for _, candidate := range words {
		if strings.EqualFold(candidate, word) {
			return candidate
		}
		if d := editDistance(word, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
