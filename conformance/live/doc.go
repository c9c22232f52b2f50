// Package live proves kinds on a real API server: L4, the life cycle of their
// backends' types and objects under exactly the rights that the controller has,
// and L5, that whether a model is listed depends on its backend's answer alone.
//
//	cluster, err := live.Open(ctx, live.Options{…})
//	proof, err := suite.Prove(ctx, folder, append(conformance.Levels(), cluster.Levels()...))
//	err = cluster.Close(ctx)
//
// On a cluster that others use, what was there stays as it was: CRDs that the
// suite did not install are neither changed nor deleted, and no object is made
// of a type that somebody else serves, because its operator would act on it.
package live
