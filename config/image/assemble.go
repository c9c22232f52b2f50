package main

import (
	"fmt"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// release is what the images of one run have in common.
type release struct {
	tag      string
	revision string
	created  time.Time
}

// program is a command built for a platform.
type program struct {
	platform v1.Platform
	binary   []byte
}

// images are those of one command, an image for each platform.
type images struct {
	command string
	release release
	index   v1.ImageIndex
	// first is the image of the first platform.
	first v1.Image
}

// assemble makes the images of a command. What they have besides it is one
// layer, the same in all of them, so that a node keeps it once.
func assemble(command string, r release, programs []program) (*images, error) {
	shared, err := layer(r.created, base()...)
	if err != nil {
		return nil, err
	}
	made := &images{command: command, release: r, index: mutate.IndexMediaType(empty.Index, types.OCIImageIndex)}
	for _, p := range programs {
		own, err := layer(r.created, file{command, 0o755, p.binary})
		if err != nil {
			return nil, err
		}
		image, err := made.image(p.platform, shared, own)
		if err != nil {
			return nil, fmt.Errorf("making the image for %s: %w", p.platform, err)
		}
		if made.first == nil {
			made.first = image
		}
		made.index = mutate.AppendManifests(made.index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &p.platform}})
	}
	return made, nil
}

func (i *images) image(platform v1.Platform, layers ...v1.Layer) (v1.Image, error) {
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.AppendLayers(image, layers...)
	if err != nil {
		return nil, err
	}
	was, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config := was.DeepCopy()
	config.OS, config.Architecture, config.Created = platform.OS, platform.Architecture, v1.Time{Time: i.release.created}
	config.Config = v1.Config{Entrypoint: []string{"/" + i.command}, User: user, WorkingDir: "/", Labels: i.labels()}
	for n := range config.History {
		config.History[n].Created = config.Created
	}
	return mutate.ConfigFile(image, config)
}

func (i *images) labels() map[string]string {
	labels := map[string]string{
		"org.opencontainers.image.title":    i.command,
		"org.opencontainers.image.source":   "https://github.com/maas-kinds/maas",
		"org.opencontainers.image.licenses": "Apache-2.0",
		"org.opencontainers.image.version":  i.release.tag,
		"org.opencontainers.image.created":  i.release.created.Format(time.RFC3339),
	}
	if i.release.revision != "" {
		labels["org.opencontainers.image.revision"] = i.release.revision
	}
	return labels
}
